"""Writes of resident records; every verb is atomic and leaves its history in the same transaction."""
