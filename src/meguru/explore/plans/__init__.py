"""Plans of measures: what they are, the runs that try them, and what is wanted of these."""
