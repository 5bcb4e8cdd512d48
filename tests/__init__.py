"""Guards of the whole repository, and journeys through the whole product in tests/browser."""
