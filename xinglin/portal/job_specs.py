"""Upkeep of what the floors below the jobs cannot schedule themselves."""

from xinglin.accounts.actions.upkeep import forget_ended
from xinglin.jobs.registry import every


@every(6 * 3600, name="accounts.forget-ended")
def forget_ended_sessions() -> None:
    """Sessions, failed tries and puzzles that have run out."""
    forget_ended()
