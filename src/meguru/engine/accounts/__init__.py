"""What flows cost and cause: activity, money, impacts, transport; and whether it adds up."""
