"""Reading the outbox."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from xinglin.kernel.viewer import Viewer

from .models import Message


def messages(viewer: Viewer) -> QuerySet[Message]:
    """What was sent to people and organisations in the viewer's scope. Raises NotAllowed without the right."""
    viewer.require("messages.view")
    return Message.objects.visible_to(viewer).select_related("key")


def texts_are_open() -> bool:
    """Whether the outbox page shows what was written: in trials only, where it is the newcomer's phone."""
    return not settings.PRODUCTION
