"""What to do: measures ranked, break-even, choices that hold, incentives, the worth of knowing."""
