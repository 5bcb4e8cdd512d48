"""The permission matrix: every address as every role, a sibling base, a sibling province, and signed out (Q-10)."""
