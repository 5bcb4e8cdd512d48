"""What every write to the tree shares: the right, the lock, the words of a refusal, the history entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xinglin.history.actions import Entry, record
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer

from .. import rules
from ..models import Organization

EDIT = "organizations.edit"
EDIT_OWN = "organizations.edit_own"


def require(by: Viewer, path: str, permission: str, track: str = "") -> None:
    """Raises NotAllowed without the right, outside the subtree, or for the other track of a one-track identity."""
    if by.organization_path == "/" and by.role == "system":
        return
    by.require(permission)
    if not by.covers(path):
        raise NotAllowed("这个单位不在您的管理范围内。")
    if not by.covers(path, track or None):
        raise NotAllowed("当前身份只管理一个体系，不能改另一个体系的内容。请切换身份。")


def require_own(by: Viewer, organization: Organization) -> None:
    """What a base keeps up itself (departments, contact), and whoever administers it."""
    require(by, organization.path, EDIT if by.may(EDIT) else EDIT_OWN)


def lock(organization: Organization) -> Organization:
    """The node as it is now, held until the transaction ends: spans and specialties of one node are added one by one."""
    rows = Organization.objects.for_system("the caller has checked the scope")
    return rows.select_for_update(of=("self",)).get(pk=organization.pk)


def clean(make: Callable[[], str], field: str) -> str:
    """The cleaned value; a ValueError becomes a Refused at the field."""
    try:
        return make()
    except ValueError as error:
        raise Refused(f"{error}。".replace("。。", "。"), field=field) from error


def clean_reason(reason: str, *, needed: str = "") -> str:
    """依据 of a change, at most 200 characters; with ``needed`` it must be there, and the words say what for."""
    reason = clean(lambda: rules.clean_title(reason, "依据", 200), "reason") if reason.strip() else ""
    if needed and not reason:
        raise Refused(needed, field="reason")
    return reason


def note(
    by: Viewer,
    organization: Organization,
    verb: str,
    update_type: str,
    subject: tuple[str, int],
    what: dict[str, list[Any]],
    *,
    track: str = "",
    reason: str = "",
    also: Organization | None = None,
) -> None:
    """One history entry under the organisation; ``also``: the same under the other side of an affiliation."""
    changes = {label: pair for label, pair in what.items() if pair[0] != pair[1]}
    entries = []
    for node in (organization, also):
        if node is None:
            continue
        entry = Entry(
            verb=verb, update_type=update_type, subject_type=subject[0], subject_id=subject[1],
            parent_type="organization", parent_id=node.pk, organization_path=node.path, organization_name=node.name,
            province_id=node.province_id, track=track, changes=changes, reason=reason,
        )  # fmt: skip
        entries.append(entry)
    record(entries, by=by)
