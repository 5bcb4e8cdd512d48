"""Filters of the lists of residents, in the words of the manual."""
