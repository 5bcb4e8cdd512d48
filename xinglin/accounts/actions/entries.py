"""History rows of accounts. They hold ids and roles, never a name or a number of a person."""

from __future__ import annotations

from typing import Any

from xinglin.history.actions import Entry
from xinglin.organizations.models import Organization

from ..models import Grant


def about_user(
    verb: str, user_id: int, organization: Organization, *, person_id: int | None = None, reason: str = "", **facts: Any
) -> Entry:
    """One event of an account, filed under the organisation that it concerns."""
    province = organization.pk if organization.kind == "province" else organization.province_id
    return Entry(
        verb=verb,
        subject_type="user",
        subject_id=user_id,
        organization_path=organization.path,
        organization_name=organization.name,
        province_id=province,
        person_id=person_id,
        reason=reason,
        facts=facts,
    )


def about_grant(verb: str, grant: Grant, organization: Organization, **facts: Any) -> Entry:
    """One event of an identity."""
    user = grant.user
    entry = about_user(verb, user.pk, organization, person_id=user.person_id, role=grant.role, **facts)
    entry.track = grant.track
    entry.parent_type, entry.parent_id = "grant", grant.pk
    return entry
