"""Who may call a view: declared beside it, decided by the middleware before it runs. Without a word: an identity.

@public                   anybody
@account_only             whoever signed in, also while no identity is chosen
@needs("residents.view")  an identity with one of these permissions
@signed_in                every identity (the default, said aloud)
@while_confined           also during a sign-in that is not complete, whatever it lacks (add to one above)
@while_at(Stage.FACTOR)   also during a sign-in that is confined to this (add to one above)
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from xinglin.kernel.viewer import Viewer

V = TypeVar("V", bound=Callable[..., HttpResponse])


class Level(Enum):
    """What a view asks of the caller."""

    PUBLIC = "public"
    ACCOUNT = "account"
    IDENTITY = "identity"


class Stage(Enum):
    """What a sign-in still lacks; the value is the page that it is confined to."""

    FIRST_PASSWORD = "accounts:initial-password"
    FACTOR = "accounts:second-factor"
    ENROLMENT = "accounts:factor"


def public(view: V) -> V:
    """Anybody may call the view."""
    view.xl_level = Level.PUBLIC  # type: ignore[attr-defined]
    return view


def account_only(view: V) -> V:
    """Whoever signed in may call the view, also without an identity in force."""
    view.xl_level = Level.ACCOUNT  # type: ignore[attr-defined]
    return view


def signed_in(view: V) -> V:
    """Every identity may call the view; scope and rules decide the rest."""
    view.xl_level = Level.IDENTITY  # type: ignore[attr-defined]
    return view


def while_confined(view: V) -> V:
    """The view also works in a sign-in that is not complete."""
    return while_at(*Stage)(view)


def while_at(*stages: Stage) -> Callable[[V], V]:
    """The view also works in a sign-in that still lacks this."""

    def decorate(view: V) -> V:
        view.xl_stages = frozenset(stages)  # type: ignore[attr-defined]
        return view

    return decorate


def needs(*permissions: str) -> Callable[[V], V]:
    """An identity with one of the permissions; others get 403 with its reason (NotAllowed)."""

    def decorate(view: V) -> V:
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            viewer: Viewer = request.viewer  # type: ignore[attr-defined]
            if not any(viewer.may(permission) for permission in permissions):
                viewer.require(permissions[0])
            return view(request, *args, **kwargs)

        checked.xl_level = Level.IDENTITY  # type: ignore[attr-defined]
        checked.xl_needs = permissions  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def level_of(view: Callable[..., Any]) -> Level:
    """The declared level of a view function."""
    level: Level = getattr(view, "xl_level", Level.IDENTITY)
    return level


def may_while_at(stage: Stage, view: Callable[..., Any]) -> bool:
    """Whether a sign-in that has come so far may call the view."""
    return stage in getattr(view, "xl_stages", ())
