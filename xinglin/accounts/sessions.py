"""What a session holds: Django's sign-in and the grant in force, or a sign-in that still lacks something."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare

from xinglin.kernel import clock

from . import devices
from .access import Stage
from .addresses import address_of, masked
from .backends import XinglinBackend
from .models import Grant, InitialCredential, User
from .rules import needs_factor
from .selectors import live_grant
from .session_store import ADDRESS, DEVICE, STARTED

GRANT = "grant"
INITIAL = "initial"
ACTIVATED = "activated"
HALFWAY, HALFWAY_HASH = "halfway", "halfway_hash"
TWO_FACTORS = "two_factors"
CONFIRMED = "confirmed"
TRACK = "track"
NEXT = "next"
BEFORE = "before"
FIRST_CODE = "first_code"
BACKEND = "xinglin.accounts.backends.XinglinBackend"
HALFWAY_FOR = timedelta(minutes=10)
RECENT = timedelta(minutes=10)


def begin(request: HttpRequest, user: User, track: str = "", *, two_factors: bool = False) -> None:
    """Sign in under a fresh session key; the identity is chosen afterwards."""
    before = user.last_login
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[BEFORE] = before.isoformat() if before else ""
    if two_factors:
        request.session[TWO_FACTORS] = True
    confirm(request)
    _describe(request, track)


def begin_halfway(request: HttpRequest, user: User, track: str, where: str) -> None:
    """The password was right, the second factor is still to come: a session that may do nothing else."""
    request.session.flush()
    request.session[HALFWAY], request.session[HALFWAY_HASH] = user.pk, user.get_session_auth_hash()
    request.session[NEXT] = where
    _describe(request, track)
    rotate_token(request)


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


def halfway(request: HttpRequest) -> User | None:
    """Whose password was right in this session; None after ten minutes, or when the account changed since."""
    user = XinglinBackend().get_user(request.session.get(HALFWAY, 0))
    late = clock.now().timestamp() - request.session.get(STARTED, 0) >= HALFWAY_FOR.total_seconds()
    if user is None or late:
        return None
    same = constant_time_compare(request.session.get(HALFWAY_HASH, ""), user.get_session_auth_hash())
    return user if same else None


def stage_of(request: HttpRequest, grant: Grant | None) -> Stage | None:
    """What the sign-in of this request still lacks before anything else answers; None when it is complete."""
    if INITIAL in request.session:
        return Stage.FIRST_PASSWORD
    if HALFWAY in request.session:
        return Stage.FACTOR
    if grant is not None and lacks_factor(request, grant):
        return Stage.ENROLMENT
    return None


def lacks_factor(request: HttpRequest, grant: Grant) -> bool:
    """Whether the identity must have a second factor that this sign-in did not give."""
    return needs_factor(grant.role) and not request.session.get(TWO_FACTORS)


def sign_in_before(request: HttpRequest) -> datetime | None:
    """When the account was signed in to before this sign-in; None for the first time."""
    at = request.session.get(BEFORE, "")
    return datetime.fromisoformat(at) if at else None


def confirm(request: HttpRequest) -> None:
    """Password, and second factor where there is one, were given this moment."""
    request.session[CONFIRMED] = int(clock.now().timestamp())


def is_confirmed(request: HttpRequest) -> bool:
    """Whether they were given a few minutes ago."""
    return 0 <= clock.now().timestamp() - request.session.get(CONFIRMED, 0) < RECENT.total_seconds()


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
