"""Collection windows: purpose × year × batch × track, in phases with start and end, extended with a reason (P-09, R-01)."""
