"""Home pages, to-do, entrances: the only app that knows all others (P-12)."""
