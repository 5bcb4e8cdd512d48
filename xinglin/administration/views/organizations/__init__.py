"""Screens of organisations, specialty bases and departments (P-01 to P-03)."""
