"""The frame of every page: shell, navigation, parts of pages, forms, error pages, protection against double sends.

Serves P-12, P-14, P-15, P-20, P-21, P-23 and the look of the mocks. Knows nothing of medicine.
"""
