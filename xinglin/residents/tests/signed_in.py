"""A browser session for a viewer of the factories."""

from __future__ import annotations

from django.test import Client

from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import sign_in
from xinglin.kernel.viewer import Viewer


def client_of(viewer: Viewer) -> Client:
    """Signed in under the viewer's first identity."""
    return sign_in(Client(), User.unscoped.get(pk=viewer.user_id))
