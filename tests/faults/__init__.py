"""Bad luck, tried: processes killed, the database gone, disks full, slow and skewed clients (Q-09, Q-13)."""
