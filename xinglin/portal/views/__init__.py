"""Home pages and help for the usual situations."""
