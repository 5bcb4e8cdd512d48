"""The one primary button of a record: what its reader does next; everything else stands beside it (mock 05)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from xinglin.kernel.viewer import Viewer
from xinglin.reviews.enums import ReviewStatus

from ..models import Correction
from ..standing import Standing
from .steps import CHECKING, PROVINCE, Flow, unseen

EDIT = "编辑培训信息"


@dataclass(frozen=True, slots=True)
class Do:
    """A button. ``post``: it sends the record's id to ``url``; with ``reason`` it is off and says why."""

    label: str
    url: str
    icon: str
    post: bool = False
    reason: str = ""


def next_step(standing: Standing, correction: Correction | None, flow: Flow, viewer: Viewer) -> Do | None:
    """None where it is somebody else's turn."""
    pk = standing.subject.id
    if viewer.may("residents.review"):
        return Do("审核", reverse("review:record", args=[pk]), "clipboard-check") if flow.at == PROVINCE else None
    if not viewer.may("residents.report") or standing.is_approved or standing.is_pending or standing.report:
        return None
    if flow.at == CHECKING and unseen(correction):
        return Do("看本人修改", reverse("residents:difference", args=[pk]), "edit-circle")
    found = standing.checked
    if standing.only_soft or not found.issues:
        again = standing.state.last_verdict == ReviewStatus.RETURNED
        return Do("重新上报" if again else "上报", reverse("residents:report"), "send", post=True)
    if any(issue.field.startswith("training_info.") for issue in found.missing):
        return Do("补培训信息", reverse("residents:training", args=[pk]), "edit")
    if standing.subject.enrollment.filled_at and not standing.return_personal:
        return Do("退回本人补", f"{reverse('residents:return', args=[pk])}?missing=1", "arrow-back-up")
    return None


def other_steps(standing: Standing, viewer: Viewer) -> list[Do]:
    """What the base may do besides, each with the reason where it is off (P-21)."""
    pk = standing.subject.id
    found = []
    if viewer.may("residents.edit_training"):
        found.append(Do(EDIT, reverse("residents:training", args=[pk]), "edit", reason=standing.edit))
    if viewer.may("residents.return_personal"):
        url = reverse("residents:return", args=[pk])
        found.append(Do("基本信息退回", url, "arrow-back-up", reason=standing.return_personal))
    if viewer.may("residents.report") and standing.is_pending:
        url = reverse("residents:recall", args=[pk])
        found.append(Do("撤回上报", url, "arrow-forward-up", post=True, reason=standing.recall))
    if viewer.may("residents.delete"):
        found.append(Do("删除", reverse("residents:delete", args=[pk]), "trash", reason=standing.delete))
    return found
