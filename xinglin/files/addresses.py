"""Short-lived signed addresses of scans: 60 seconds, for one viewer and one file (P-19)."""

from __future__ import annotations

import uuid

from django.core import signing
from django.urls import reverse

from xinglin.files.models import StoredFile
from xinglin.kernel.viewer import Viewer

SECONDS = 60
_SALT = "xinglin.files.opened"


def short_lived(stored: StoredFile, viewer: Viewer) -> str:
    """The address under which this viewer sees this scan for a minute."""
    token = signing.dumps([stored.id.hex, viewer.user_id, viewer.grant_id], salt=_SALT)
    return reverse("files:opened", args=[token])


def file_of(token: str, viewer: Viewer) -> uuid.UUID | None:
    """The file that the address opens; None when it is old, forged or another viewer's."""
    try:
        file_id, user_id, grant_id = signing.loads(token, salt=_SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    if viewer.user_id is None or (user_id, grant_id) != (viewer.user_id, viewer.grant_id):
        return None
    return uuid.UUID(file_id)
