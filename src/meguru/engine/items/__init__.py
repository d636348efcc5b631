"""The engine of individuals: every product and every followed part by itself, by chance."""
