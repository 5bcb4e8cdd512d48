"""Background work of 系统管理: renewing many initial passwords, letting old batches go (P-05)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from xinglin.accounts.actions import wipe_old, work_off
from xinglin.accounts.selectors import visible_handout
from xinglin.jobs.handle import JobHandle
from xinglin.jobs.models import Job
from xinglin.jobs.registry import every, job

RENEW_JOB = "accounts.renew"


def _link(done: Job) -> tuple[str, str]:
    return "看结果", reverse("administration:handout", args=[done.arguments["handout"]])


@job(RENEW_JOB, title="重新发放初始密码", result_link=_link)
def renew(handle: JobHandle, handout: str) -> dict[str, Any]:
    """Step by step; each account's credential, result and history commit together, so a second worker goes on."""
    batch = visible_handout(handle.viewer, UUID(handout))
    left, total = 1, 0
    while left:
        with handle.step() as step:
            left = work_off(batch, by=handle.viewer)
            total = total or left
            step.done, step.total = max(total - left, 0), max(total, 1)
            step.message = f"还剩 {left:,} 个账号"
    return {"handout": handout}


@every(3600, name="accounts.wipe_handouts")
def wipe() -> None:
    """One-time passwords go after their week."""
    wipe_old()
