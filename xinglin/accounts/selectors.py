"""Reading accounts: who is meant by a typed name, which identities are in force, the viewer of a grant (P-04, P-07)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet

from xinglin.kernel import clock, text
from xinglin.kernel.compiled import Compiled, Slot
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.organizations.selectors import association
from xinglin.people.models import Person
from xinglin.people.selectors import id_number_hash

from .enums import Entrance
from .models import ActivationToken, CredentialHandout, Grant, HandoutItem, InitialCredential, SignInFailure, User
from .roles import keeps, role

SIGN_IN = "sign-in comes before any identity"
NAMES_AT_MOST = 10
GRANT_COLUMNS = (
    "role", "track", "department", "starts_at", "ends_at",
    "organization__name", "organization__path", "organization__kind", "organization__province__name",
    "user__password", "user__is_active", "user__activated_at", "user__session_epoch", "user__last_grant_id",
    "user__sign_in_name", "user__person__name", "user__organization__name",
)  # fmt: skip


def _grants() -> QuerySet[Grant]:
    rows = Grant.objects.for_system("the identity in force is found before there is a viewer")
    joined = rows.select_related("organization__province", "user__person", "user__organization")
    return joined.only(*GRANT_COLUMNS)


def in_force(at: datetime | Slot) -> Q:
    """Grants that are live at an instant: [starts_at, ends_at)."""
    return Q(starts_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at))


_LIVE_GRANT = Compiled(
    lambda: _grants().filter(
        in_force(Slot("at", DateTimeField())),
        pk=Slot("grant", BigIntegerField()),
        user_id=Slot("user", BigIntegerField()),
    )
)


def live_grant(grant_id: int, user_id: int, at: datetime | None = None) -> Grant | None:
    """The user's own grant with user and organisation in one query, None when it is not in force."""
    return _LIVE_GRANT.first(at=at or clock.now(), grant=grant_id, user=user_id)


def grants_of(user: User, at: datetime | None = None, track: str = "") -> list[Grant]:
    """Identities in force, in a stable order; with a track only those that cover it."""
    rows = _grants().filter(in_force(at or clock.now()), user=user)
    if track:
        rows = rows.filter(track__in=[track, ""])
    return list(rows.order_by("organization__path", "role", "track", "pk"))


def viewer_for(grant: Grant, *, request_id: str = "", source: str = "web", address: str = "") -> Viewer:
    """The viewer of an identity. The grant must be in force; nothing is checked here."""
    organization, user, what = grant.organization, grant.user, role(grant.role)
    province = organization if organization.kind == Kind.PROVINCE else organization.province
    extra = {"request_id": request_id} if request_id else {}
    return Viewer(
        user_id=user.pk,
        user_name=user.display_name,
        grant_id=grant.pk,
        role=what.code,
        role_label=what.label,
        organization_id=organization.pk,
        organization_name=organization.name,
        organization_path=organization.path,
        organization_kind=organization.kind,
        province_id=province.pk if province else None,
        province_name=province.name if province else "",
        track=grant.track or None,
        department_id=grant.department_id,
        person_id=user.person_id,
        is_person=what.personal,
        permissions=what.permissions,
        source=source,
        address=address,
        **extra,
    )


def viewer_as(role_code: str, organization: Organization, *, track: str = "") -> Viewer:
    """Nobody under a role: to show what such an identity would see. It has no account and can do nothing."""
    what = role(role_code)
    province = organization if organization.kind == Kind.PROVINCE else organization.province
    return Viewer(
        user_id=0,
        user_name="",
        grant_id=0,
        role=what.code,
        role_label=what.label,
        organization_id=organization.pk,
        organization_name=organization.name,
        organization_path=organization.path,
        organization_kind=organization.kind,
        province_id=province.pk if province else None,
        province_name=province.name if province else "",
        track=track or None,
        is_person=what.personal,
        permissions=what.permissions,
    )


def pending_credential(credential_id: int) -> InitialCredential | None:
    """The credential of a first sign-in under way, None once it is used, renewed, lapsed or locked."""
    rows = InitialCredential.objects.select_related("user__person__key", "user__organization")
    found = rows.filter(pk=credential_id, user__is_active=True).first()
    return found if found and found.is_pending(clock.now()) and not found.is_locked else None


def open_credential_of(user: User) -> InitialCredential | None:
    """The user's credential that is neither used nor renewed; it may be lapsed or locked."""
    return InitialCredential.objects.filter(user=user, used_at=None, revoked_at=None).first()


def initial_credentials_of(user: User) -> list[InitialCredential]:
    """Every initial credential that the account ever had: none of them becomes its own password."""
    return list(InitialCredential.objects.filter(user=user))


def open_credentials(users: Iterable[User]) -> list[InitialCredential]:
    """Credentials of some accounts that are neither used nor renewed."""
    return list(InitialCredential.objects.filter(user__in=list(users), used_at=None, revoked_at=None))


def resident_grants(viewer: Viewer) -> QuerySet[Grant]:
    """Identities of residents in force within the viewer's scope, with account, person and base."""
    rows = Grant.objects.visible_to(viewer).filter(in_force(clock.now()), role="resident")
    return rows.select_related("organization", "user__person__key")


def find_users(entrance: str, name: str, id_type: str = "") -> list[User]:
    """Accounts meant by what was typed at an entrance; more than one only where ID types share a number (P-04)."""
    typed, number = text.normalise(name), text.normalise_code(name)
    if not typed:
        return []
    by_number = Q(person__id_number_hash=id_number_hash(number))
    if id_type:
        by_number &= Q(person__id_type=id_type)
    if entrance == Entrance.RESIDENT:
        meant = by_number
    else:
        meant = Q(organization__name=typed) | Q(organization__code=number) & ~Q(organization__code="")
        meant |= Q(sign_in_name=typed.lower()) | by_number
    users = User.objects.for_system(SIGN_IN).select_related("person", "organization")
    found = list(users.filter(meant, is_active=True).order_by("pk")[:4])
    named = [user for user in found if user.organization_id or user.sign_in_name == typed.lower()]
    return named if named and entrance != Entrance.RESIDENT else found


def is_name_taken(name: str) -> bool:
    """Whether an account or a base already signs in with this name."""
    users = User.objects.for_system(SIGN_IN).filter(sign_in_name=name)
    return users.exists() or Organization.objects.for_system(SIGN_IN).filter(code__iexact=name).exists()


def organization_names(query: str) -> list[dict[str, str]]:
    """Names (with codes) of the organisations that have an account of their own, for the picker of the sign-in page."""
    wanted = text.normalise(query)
    if len(wanted) < 2:
        return []
    accounts = User.objects.for_system(SIGN_IN).filter(organization__isnull=False, is_active=True)
    named = Organization.objects.for_system(SIGN_IN).filter(pk__in=accounts.values("organization"))
    named = named.filter(Q(name__icontains=wanted) | Q(short_name__icontains=wanted) | Q(code__istartswith=wanted))
    return list(named.order_by("name").values("name", "code")[:NAMES_AT_MOST])


def users_in_scope(viewer: Viewer, user_ids: Iterable[int]) -> list[User]:
    """Accounts of which the viewer sees at least one live grant."""
    seen = Grant.objects.visible_to(viewer).filter(in_force(clock.now()), user__in=list(user_ids))
    users = User.objects.for_system("accounts whose grants were selected in scope")
    return list(users.select_related("person__key", "organization").filter(pk__in=seen.values("user")))


def covers(viewer: Viewer, grant: Grant) -> bool:
    """A viewer of one track does not cover an identity that holds for both."""
    return keeps(viewer, grant.role, grant.organization.path) and viewer.track in (None, grant.track)


def grants_of_users(users: Iterable[User]) -> list[Grant]:
    """All identities in force of some accounts."""
    return list(_grants().filter(in_force(clock.now()), user__in=list(users)).order_by("pk"))


def coverer_of(grants: Iterable[Grant]) -> str:
    """Name of the lowest organisation that keeps all these identities (P-06): where the ministry's are among them, or
    the whole country is, the association."""
    paths = [[int(word) for word in grant.organization.path.strip("/").split("/")] for grant in grants]
    shared = [ids[0] for ids in zip(*paths, strict=False) if len(set(ids)) == 1]
    nodes = Organization.objects.for_system("who manages the accounts above").filter(pk__in=shared)
    named = {node.pk: node.name for node in nodes.exclude(kind__in=[Kind.MINISTRY, Kind.CITY, Kind.COUNTY])}
    found = next((named[pk] for pk in reversed(shared) if pk in named), "")
    return found or getattr(association(), "name", "")


def known_persons(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Person]:
    """Persons by (ID type, ID number) as typed, with their keys; unknown ones are not there."""
    hashes = {(id_type, id_number_hash(number)): (id_type, number) for id_type, number in pairs}
    rows = Person.objects.for_system("a person has one account, wherever it was opened").select_related("key")
    found = rows.filter(id_number_hash__in={digest for _, digest in hashes})
    return {hashes[key]: person for person in found if (key := (person.id_type, person.id_number_hash)) in hashes}


def id_types_of(number: str) -> list[str]:
    """ID types under which somebody is known by this number (P-04: the same number under two types)."""
    rows = Person.objects.for_system("the same number under two ID types")
    return list(rows.filter(id_number_hash=id_number_hash(number)).values_list("id_type", flat=True))


def still_holds(viewer: Viewer) -> bool:
    """Whether the viewer's identity is in force this moment; the system always is."""
    if viewer.user_id is None:
        return True
    found = live_grant(viewer.grant_id, viewer.user_id) if viewer.grant_id else None
    return found is not None and found.role == viewer.role and found.user.is_active


def visible_handout(viewer: Viewer, handout_id: UUID) -> CredentialHandout:
    """A batch of one's own. Raises Http404."""
    return get_visible_or_404(CredentialHandout, viewer, pk=handout_id)


def items_of(handout: CredentialHandout) -> QuerySet[HandoutItem]:
    """Accounts of a batch in the order of their names' entry, with what a result shows."""
    rows = HandoutItem.objects.filter(handout=handout).order_by("pk")
    return rows.select_related("handout__key", "credential", "user__person__key", "user__organization")


def activation_token(token_id: UUID) -> ActivationToken | None:
    """The one-time link of a sheet with its credential and account, whatever became of it."""
    rows = ActivationToken.objects.select_related("credential__user__person__key", "credential__user__organization")
    return rows.filter(pk=token_id).first()


def person_account(person_id: int) -> User | None:
    """The one account of a person, None when there is none yet."""
    return accounts_of_persons([person_id]).get(person_id)


def accounts_of_persons(person_ids: Iterable[int]) -> dict[int, User]:
    """Accounts by person id, for those who have one."""
    users = User.objects.for_system("a person has one account").select_related("person")
    return {user.person_id: user for user in users.filter(person_id__in=list(person_ids)) if user.person_id}


def failure_times(pair: str, since: datetime, most: int) -> list[datetime]:
    """Instants of the latest failed tries, newest first."""
    rows = SignInFailure.objects.filter(pair=pair, at__gt=since).order_by("-at")
    return list(rows.values_list("at", flat=True)[:most])


def account_of(viewer: Viewer) -> User:
    """The viewer's own account, with what the rules for a new password ask."""
    rows = User.objects.for_system("one's own account").select_related("person__key", "organization")
    return rows.get(pk=viewer.user_id)


def organization_of(organization_id: int | None) -> Organization:
    """The organisation of an identity or of a credential's issuer."""
    return Organization.objects.for_system("named by the account's own rows").get(pk=organization_id)
