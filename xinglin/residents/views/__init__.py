"""Screens of resident records, one module a journey."""
