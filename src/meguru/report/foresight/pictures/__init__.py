"""Pictures of the report on futures."""
