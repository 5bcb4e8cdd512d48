"""Workbooks made from a spec: the template, the failed rows to mend, the result (P-16)."""
