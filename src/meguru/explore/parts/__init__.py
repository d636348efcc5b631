"""Goods and parts in circulation: when to take back, what to recondition, where parts are missed."""
