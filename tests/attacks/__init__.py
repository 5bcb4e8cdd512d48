"""What an attacker tries at the door, as tests that run: every one of them must end in nothing (issue 3, Q-10, Q-12)."""
