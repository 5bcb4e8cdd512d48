"""System check: a gateway that would send in the clear, or unsigned, is refused at start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .webhook import faults


@register("xinglin")
def webhook_is_safe(**_: Any) -> list[CheckMessage]:
    """XINGLIN_SMS_WEBHOOK: https or this machine, with a secret (Q-12)."""
    if not settings.XINGLIN_SMS_WEBHOOK:
        return []
    found = faults(settings.XINGLIN_SMS_WEBHOOK, settings.XINGLIN_SMS_SECRET)
    return [Error(fault, hint="See docs/settings.md.", id="xinglin.E020") for fault in found]
