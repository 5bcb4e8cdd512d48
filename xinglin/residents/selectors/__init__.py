"""Reads of resident records: subjects with their content, lists, counts, history."""
