"""What must follow, in the same transaction, when times change: registered by the apps above (lapsing, reviving)."""

from __future__ import annotations

from collections.abc import Callable

from xinglin.kernel.viewer import Viewer

from .models import CollectionWindow

Follower = Callable[[CollectionWindow, Viewer], None]

_followers: list[Follower] = []


def when_times_change(follower: Follower) -> Follower:
    """Register a follower; the same one again changes nothing (ready() may run twice)."""
    if follower not in _followers:
        _followers.append(follower)
    return follower


def tell(window: CollectionWindow, by: Viewer) -> None:
    """Call every follower for the association window whose times changed."""
    for follower in _followers:
        follower(window, by)
