"""What a session holds: Django's sign-in and the grant in force, or a first sign-in that is confined."""

from __future__ import annotations

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare

from xinglin.kernel import clock

from . import devices
from .addresses import address_of, masked
from .models import Grant, InitialCredential, User
from .selectors import live_grant
from .session_store import ADDRESS, DEVICE, STARTED

GRANT = "grant"
INITIAL = "initial"
ACTIVATED = "activated"
TRACK = "track"
NEXT = "next"
FIRST_CODE = "first_code"
BACKEND = "xinglin.accounts.backends.XinglinBackend"


def begin(request: HttpRequest, user: User, track: str = "") -> None:
    """Sign in under a fresh session key; the identity is chosen afterwards."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    _describe(request, track)


def begin_confined(
    request: HttpRequest, credential: InitialCredential, track: str = "", *, activated: bool = False
) -> None:
    """A session that knows nobody: it only remembers which credential may be exchanged for a password.

    ``activated``: an activation sheet stood for the initial password, which need not be typed then.
    """
    request.session.flush()
    request.session[INITIAL] = credential.pk
    request.session[ACTIVATED] = activated
    _describe(request, track)
    rotate_token(request)


def _describe(request: HttpRequest, track: str) -> None:
    request.session[TRACK] = track
    request.session[STARTED] = int(clock.now().timestamp())
    request.session[DEVICE] = devices.label(request.headers.get("User-Agent", ""))
    request.session[ADDRESS] = masked(address_of(request))


def choose(request: HttpRequest, grant: Grant) -> None:
    """Act under this identity from now on."""
    request.session[GRANT] = grant.pk


def grant_in_force(request: HttpRequest) -> Grant | None:
    """The session's identity with its user, in one query; None when it ended or the session is stale."""
    grant_id, user_id = request.session.get(GRANT), request.session.get(SESSION_KEY)
    if not grant_id or not user_id:
        return None
    grant = live_grant(int(grant_id), int(user_id))
    return grant if grant and grant.user.is_active and _fresh(request, grant.user) else None


def _fresh(request: HttpRequest, user: User) -> bool:
    """The password and the epoch are still those of the sign-in."""
    return constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
