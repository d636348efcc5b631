"""The compiled inner loops of cohorts: a step, and what happens in it."""
