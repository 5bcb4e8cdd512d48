"""Exports (P-17): the rows that a list shows, in a workbook or CSV file, kept sealed for its owner for some days.

Knows no list: it finds the declaration by name in `xinglin.ui.lists.registry`.
"""
