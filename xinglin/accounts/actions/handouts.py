"""Batches of initial passwords: renewed or reset, a few at once or thousands step by step (P-05, P-06).

Each account is done once: its item, its new credential and the history commit together, so that a killed worker goes on
where it was. One-time passwords are sealed for whoever handed them out and go after a week.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from xinglin.history.actions import record
from xinglin.kernel import clock
from xinglin.kernel.bulk import insert_rows
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.vault.actions import destroy_key, new_key

from ..enums import HandoutVerb
from ..models import CredentialHandout, HandoutItem, User
from ..selectors import open_credentials, organization_of, still_holds, users_in_scope
from .credentials import issue_initial_credentials
from .entries import about_user
from .passwords import reset_passwords, reset_refusals

KEPT = timedelta(days=7)
STEP = 250
OWN = "the batch's own rows"
GONE = "这个账号现在不在您的管理范围内，没有处理。"
HAS_PASSWORD = "已设过密码，请用“重置密码”。"


@transaction.atomic
def begin_handout(verb: HandoutVerb, user_ids: Iterable[int], *, by: Viewer, reason: str = "") -> CredentialHandout:
    """A batch whose accounts wait for ``work_off``. Raises Refused for an empty one."""
    ids = list(dict.fromkeys(user_ids))
    if not ids:
        raise Refused("没有选中账号。请先勾选，再操作。")
    now = clock.now()
    handout = CredentialHandout.objects.for_system("a new batch").create(
        key=new_key("job"), verb=verb, owner_user_id=by.user_id, grant_id=by.grant_id,
        organization_path=by.organization_path, reason=reason, created_at=now, expires_at=now + KEPT,
    )  # fmt: skip
    insert_rows(HandoutItem, ("handout", "user"), ((handout.pk, user_id) for user_id in ids))
    return handout


@transaction.atomic
def work_off(handout: CredentialHandout, *, by: Viewer, most: int = STEP) -> int:
    """Do the next accounts of a batch, with the rights that its owner has now; returns how many still wait.

    Raises NotAllowed when the owner's identity has ended.
    """
    if not still_holds(by):
        raise NotAllowed("您的身份已经结束，没有继续办理。")
    waiting = HandoutItem.objects.filter(handout=handout, done_at=None).order_by("pk")
    items = list(waiting.select_for_update()[:most])
    if items:
        _do(handout, items, by)
    left = waiting.count()
    if not left:
        _finish(handout)
    return left


def _do(handout: CredentialHandout, items: Sequence[HandoutItem], by: Viewer) -> None:
    users = {user.pk: user for user in users_in_scope(by, [item.user_id for item in items])}
    refused = reset_refusals(list(users.values()), by)
    if handout.verb == HandoutVerb.RENEWED:
        refused |= {pk: HAS_PASSWORD for pk, user in users.items() if pk not in refused and user.has_usable_password()}
    free = [user for pk, user in users.items() if pk not in refused]
    issuer = organization_of(by.organization_id)
    passwords: Mapping[int, str] = {}
    if free and handout.verb == HandoutVerb.RESET:
        passwords = reset_passwords(free, issuer_organization=issuer, by=by, reason=handout.reason).passwords
    elif free:
        passwords = issue_initial_credentials(free, issuer_organization=issuer, by=by).passwords
    reasons = {item.user_id: refused.get(item.user_id, GONE) for item in items}
    _note(handout, items, free, passwords, reasons)


def _note(
    handout: CredentialHandout, items: Sequence[HandoutItem], free: Sequence[User], passwords: Mapping[int, str],
    reasons: Mapping[int, str],
) -> None:  # fmt: skip
    now = clock.now()
    issued = {credential.user_id: credential for credential in open_credentials(free)}
    for item in items:
        item.handout = handout
        item.credential = issued.get(item.user_id)
        item.password = passwords.get(item.user_id, "")
        item.refusal = "" if item.credential else reasons[item.user_id][:300]
        item.done_at = now
        item.save(update_fields=["credential", "password", "refusal", "done_at"])  # one by one: a save seals


@transaction.atomic
def keep_issue(
    verb: HandoutVerb, user_ids: Sequence[int], passwords: Mapping[int, str], *, by: Viewer
) -> CredentialHandout:
    """A batch of accounts that were opened just now, with what was issued."""
    handout = begin_handout(verb, user_ids, by=by)
    users = User.objects.for_system("opened just now").filter(pk__in=list(user_ids))
    _note(handout, list(HandoutItem.objects.filter(handout=handout)), list(users), passwords, {})
    _finish(handout)
    return handout


@transaction.atomic
def reset_one(user: User, *, by: Viewer, reason: str) -> CredentialHandout:
    """重置密码 of one account. Raises NotAllowed that says who can, when the viewer does not cover it (P-06)."""
    refused = reset_refusals([user], by)
    if refused:
        raise NotAllowed(refused[user.pk])
    handout = begin_handout(HandoutVerb.RESET, [user.pk], by=by, reason=reason)
    work_off(handout, by=by)
    return handout


@transaction.atomic
def take_passwords(handout: CredentialHandout, *, by: Viewer) -> None:
    """Record that the owner takes the one-time passwords away. Raises Refused when they are gone."""
    if handout.wiped_at is not None or handout.expires_at <= clock.now():
        raise Refused("一次性密码只保留 7 天，已经清除。还没有登录的人，请重新发放。")
    place = organization_of(by.organization_id)
    count = HandoutItem.objects.filter(handout=handout, credential__isnull=False).count()
    entry = about_user("handout_taken", by.user_id or 0, place, accounts=count, batch=str(handout.pk))
    record([entry], by=by)


def note_job(handout: CredentialHandout, job_id: uuid.UUID) -> None:
    """Which job works the batch off."""
    _rows(handout.pk).update(job_id=job_id)
    handout.job_id = job_id


def wipe_old() -> int:
    """Let the passwords of batches go whose week is over; returns how many batches."""
    due = CredentialHandout.objects.for_system("upkeep of batches").filter(wiped_at=None, expires_at__lte=clock.now())
    count = 0
    for handout in due.select_related("key").iterator(chunk_size=200):
        with transaction.atomic():
            HandoutItem.objects.filter(handout=handout).update(password=b"")
            destroy_key(handout.key)
            _rows(handout.pk).update(wiped_at=clock.now())
        count += 1
    return count


def _finish(handout: CredentialHandout) -> None:
    handout.finished_at = clock.now()
    _rows(handout.pk).update(finished_at=handout.finished_at)


def _rows(handout_id: uuid.UUID) -> QuerySet[CredentialHandout]:
    return CredentialHandout.objects.for_system(OWN).filter(pk=handout_id)
