"""The account of a person who is erased: closed, without identities, sessions or names."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.hashers import make_password
from django.db.models import F

from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person
from xinglin.people.registry import Erasure, ErasurePart

from ..models import Grant, InitialCredential, User
from ..roles import role
from ..selectors import grants_of, person_account
from .grants import end_grant

WHY = "a person is erased"


def _guard(person: Person, by: Viewer) -> str | None:
    user = person_account(person.pk)
    held = [grant for grant in grants_of(user) if grant.role != "resident"] if user else []
    if not held:
        return None
    named = "、".join(f"{grant.organization.name}“{role(grant.role).label}”" for grant in held)
    return f"该人员还有工作身份：{named}。请先由所在单位结束这些身份。"


def _places(person_id: int) -> Iterable[str]:
    rows = Grant.objects.for_system(WHY).filter(user__person_id=person_id)
    return set(rows.values_list("organization__path", flat=True))


def _erase(erasure: Erasure) -> None:
    """Ended grants stay, as the record of what an account could do; its credentials and their sheets go."""
    user = person_account(erasure.person.pk)
    if user is None:
        return
    for grant in grants_of(user):
        end_grant(grant, by=erasure.by, reason="个人信息已删除")
    InitialCredential.objects.filter(user=user).delete()
    User.objects.for_system(WHY).filter(pk=user.pk).update(
        is_active=False, password=make_password(None), sign_in_name=None, session_epoch=F("session_epoch") + 1
    )


PART = ErasurePart("accounts", erase=_erase, guard=_guard, places=_places)
