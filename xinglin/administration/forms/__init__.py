"""One file a room."""
