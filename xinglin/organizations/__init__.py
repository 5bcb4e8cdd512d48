"""The organisation tree: one hospital is one node; what it may do is a dated capability, whom it serves an affiliation.

Serves P-01 to P-03. Tracks (western, tcm) cut across the tree.
"""
