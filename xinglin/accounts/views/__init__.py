"""Pages of sign-in, passwords and identities."""
