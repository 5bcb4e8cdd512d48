"""One file that holds an installation: database, stored files, keys, and a manifest of what must come back (Q-13).

A tar of compressed tables and raw (already encrypted) files, the manifest last; under a passphrase the whole tar is
encrypted. docs/operations/backup.md describes it.
"""
