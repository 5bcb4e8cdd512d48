"""A record as people read it: grid of values with what changed, place in the flow, history. No writes, no requests."""
