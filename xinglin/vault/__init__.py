"""Keys and encryption: a data key per person and per job, wrapped by master keys; keyed hashes for exact search.

Destroying a person's key is the deletion that the privacy law asks for (PIPL); sealed bytes elsewhere stay as they
are. Master keys come from XINGLIN_KEYS or a 0600 file in the data folder.
"""
