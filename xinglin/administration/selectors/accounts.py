"""Accounts and identities as a viewer may see them: those with an identity in one's subtree, now or before (P-07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from xinglin.accounts import standing
from xinglin.accounts.models import CredentialHandout, Grant, User
from xinglin.accounts.roles import KEPT_ABOVE, OPENS, ROLES
from xinglin.accounts.selectors import in_force
from xinglin.history.models import HistoryEntry
from xinglin.history.selectors import entries
from xinglin.kernel import clock
from xinglin.kernel.names import tidied
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import selectors as organizations
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.organizations.rules import ids_in

SOON = timedelta(days=30)
SCOPED = "accounts whose identities were selected in scope"
STATES = (("live", "有效"), ("soon", "30 天内到期"), ("ended", "已结束"))
KINDS = (("desk", "单位和工作人员"), ("organization", "单位账号"), ("staff", "工作人员"), ("resident", "住院医师"))


def accounts(viewer: Viewer) -> QuerySet[User]:
    """Accounts with an identity in the viewer's subtree, in force or ended."""
    rows = User.objects.for_system(SCOPED).select_related("person__key", "organization")
    return rows.filter(pk__in=Grant.objects.visible_to(viewer).values("user"))


def account(viewer: Viewer, user_id: int) -> User:
    """One account. Raises Http404 for one without an identity in the viewer's subtree."""
    grant = Grant.objects.visible_to(viewer).filter(user=user_id).order_by("pk").first()
    get_visible_or_404(Grant, viewer, pk=grant.pk if grant else 0)
    return accounts(viewer).get(pk=user_id)


def identities(viewer: Viewer, users: Iterable[int]) -> dict[int, list[Grant]]:
    """The identities of some accounts in the viewer's subtree, newest first, those in force before the ended ones."""
    rows = Grant.objects.visible_to(viewer).filter(user__in=list(users)).order_by("-starts_at", "-pk")
    found: dict[int, list[Grant]] = defaultdict(list)
    for grant in rows.select_related("organization__province", "user__person__key", "user__organization"):
        found[grant.user_id].append(grant)
    for grants in found.values():
        grants.sort(key=is_ended)
    return found


def identity(viewer: Viewer, user_id: int, grant_id: int) -> Grant:
    """One identity of one account. Raises Http404 outside the viewer's subtree."""
    found: Grant = get_visible_or_404(Grant, viewer, pk=grant_id, user=user_id)
    return next(grant for grant in identities(viewer, [user_id])[user_id] if grant.pk == found.pk)


def elsewhere(viewer: Viewer, user: User) -> int:
    """How many identities in force the account has outside the viewer's subtree."""
    rows = Grant.objects.for_system("whether somebody else must be asked").filter(in_force(clock.now()), user=user)
    return rows.exclude(pk__in=Grant.objects.visible_to(viewer).values("pk")).count()


def is_ended(grant: Grant) -> bool:
    return grant.ends_at is not None and grant.ends_at <= clock.now()


def is_ending(grant: Grant) -> bool:
    """In force, but not for longer than a month."""
    return grant.ends_at is not None and not is_ended(grant) and grant.ends_at <= clock.now() + SOON


def _having(rows: QuerySet[User], viewer: Viewer, condition: Q) -> QuerySet[User]:
    mine = Grant.objects.visible_to(viewer).filter(condition, user=OuterRef("pk"))
    return rows.filter(Exists(mine))


def of_kind(rows: QuerySet[User], value: str, viewer: Viewer) -> QuerySet[User]:
    """One of KINDS."""
    if value == "organization":
        return rows.filter(organization__isnull=False)
    if value == "resident":
        return _having(rows, viewer, Q(role="resident"))
    found = _having(rows, viewer, ~Q(role="resident"))
    return found.filter(person__isnull=False) if value == "staff" else found


def with_role(rows: QuerySet[User], value: str, viewer: Viewer) -> QuerySet[User]:
    return _having(rows, viewer, Q(role=value))


def in_state(rows: QuerySet[User], value: str, viewer: Viewer) -> QuerySet[User]:
    """One of STATES; ended: none in force any more."""
    now = clock.now()
    if value == "live":
        return _having(rows, viewer, in_force(now))
    if value == "soon":
        return _having(rows, viewer, in_force(now) & Q(ends_at__lte=now + SOON))
    return rows.exclude(Exists(Grant.objects.visible_to(viewer).filter(in_force(now), user=OuterRef("pk"))))


def at(rows: QuerySet[User], value: str, viewer: Viewer) -> QuerySet[User]:
    """With an identity at the organisation of this id or below it."""
    node = Organization.objects.visible_to(viewer).filter(pk=int(value)).first()
    if node is not None:
        return _having(rows, viewer, Q(organization__path__startswith=node.path))
    return _having(rows, viewer, Q(organization__in=above(viewer).filter(pk=int(value))))


def stands(rows: QuerySet[User], value: str, _viewer: Viewer) -> QuerySet[User]:
    return rows.filter(standing.stands(value))


def stuck(viewer: Viewer, most: int) -> int:
    """How many accounts cannot be used for the first time any more, at most ``most``; above the base staff only."""
    found = stands(accounts(viewer), "stuck", viewer)
    kind = "" if viewer.organization_kind == Kind.HOSPITAL else "desk"
    live = in_state(of_kind(found, kind, viewer) if kind else found, "live", viewer)
    return live.order_by()[:most].count()


def called(rows: QuerySet[User], value: str, _viewer: Viewer) -> QuerySet[User]:
    """By the name of the person or organisation, or by what is typed to sign in."""
    return rows.filter(
        Q(person__name__contains=tidied(value))
        | Q(organization__name__contains=value)
        | Q(organization__code=value.upper())
        | Q(sign_in_name__startswith=value.lower())
    )


def above(viewer: Viewer) -> QuerySet[Organization]:
    """Nodes above the viewer's own whose accounts it keeps (docs/decisions/0025); for most there are none."""
    kinds = {ROLES[code].kind for code in KEPT_ABOVE.get(viewer.role, ())}
    rows = Organization.objects.for_system("whose accounts are kept from below")
    return rows.filter(pk__in=ids_in(viewer.organization_path)[:-1], kind__in=kinds).order_by("path")


def places(viewer: Viewer) -> list[tuple[str, str]]:
    """Organisations to filter by: the viewer's own and those below (or above, where kept) that have accounts."""
    rows = organizations.organizations(viewer).exclude(kind__in=[Kind.CITY, Kind.COUNTY])
    used = Grant.objects.visible_to(viewer).values("organization")
    found = (node for some in (above(viewer), rows) for node in some.filter(pk__in=used).values_list("pk", "name"))
    return [(str(pk), name) for pk, name in found]


def givable(viewer: Viewer) -> list[tuple[str, str]]:
    """Roles that the viewer may give on a form, by the table of who opens whom."""
    codes = [code for code in reversed(ROLES) if code in OPENS.get(viewer.role, ()) and code != "base_organization"]
    return [(code, ROLES[code].label) for code in codes]


def givable_places(viewer: Viewer) -> list[Organization]:
    """Where the viewer may give identities: the ministry where its accounts are kept, the viewer's own organisation,
    provinces and training bases below."""
    bases = organizations.bases(viewer).values("pk")
    rows = organizations.organizations(viewer).filter(Q(pk__in=bases) | ~Q(kind=Kind.HOSPITAL))
    below = rows.exclude(kind__in=[Kind.CITY, Kind.COUNTY]).select_related("province")
    return [*above(viewer), *below]


def lookable_places(viewer: Viewer) -> list[Organization]:
    """Organisations of the viewer's subtree, and those whose accounts it keeps, where somebody may have a role."""
    below = organizations.organizations(viewer).exclude(kind__in=[Kind.CITY, Kind.COUNTY]).select_related("province")
    return [*above(viewer), *below]


def base_accounts(viewer: Viewer, bases: Iterable[int]) -> dict[int, User]:
    """Own accounts of training bases, by base."""
    rows = accounts(viewer).filter(organization__in=list(bases))
    return {user.organization_id: user for user in rows if user.organization_id}


def base_stands(rows: QuerySet[Organization], value: str, _viewer: Viewer) -> QuerySet[Organization]:
    """Bases whose own account stands so; none: without one."""
    own = User.objects.for_system("own accounts of bases in scope").filter(organization=OuterRef("pk"))
    if value == "none":
        return rows.exclude(Exists(own))
    return rows.filter(Exists(own.filter(standing.stands(value))))


def log_of(viewer: Viewer, user: User, most: int = 30) -> list[HistoryEntry]:
    """What happened to an account, newest first, as far as it concerns what the viewer keeps accounts of."""
    mine = Q(subject_type="user", subject_id=str(user.pk))
    # an import of residents tells of enrollment and account in one row
    opened = Q(person_id=user.person_id, parent_type="user", parent_id=str(user.pk))
    seen = entries(viewer)
    if kept := [node.path for node in above(viewer)]:
        there = HistoryEntry.objects.for_system("of accounts that are kept from below")
        seen = seen | there.filter(organization_path__in=kept, subject_type="user")
    return list(seen.filter(mine | opened if user.person_id else mine).order_by("-at", "-id")[:most])


def handouts(viewer: Viewer) -> QuerySet[CredentialHandout]:
    """The viewer's own batches."""
    return CredentialHandout.objects.visible_to(viewer)


def counts_below(viewer: Viewer, place: Organization) -> list[tuple[str, int]]:
    """How many organisations of each level a subtree holds."""
    kinds: list[Any] = list(
        Organization.objects.visible_to(viewer).filter(path__startswith=place.path).values_list("kind", flat=True)
    )
    return [(kind.label, kinds.count(kind.value)) for kind in Kind if kind.value in kinds]
