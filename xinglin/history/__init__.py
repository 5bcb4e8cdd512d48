"""What changed, when, by whom: append-only rows without foreign keys, written in the same transaction (R-16, Q-12)."""
