"""Staff of the story: ministry, association, provinces and bases, each with an account that can sign in at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from xinglin.accounts import actions as accounts
from xinglin.accounts.actions.phones import trust_phones
from xinglin.accounts.models import MAX_TRIES, Grant, InitialCredential, User
from xinglin.accounts.selectors import accounts_of_persons, viewer_for
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Track
from xinglin.organizations.models import Organization
from xinglin.people.actions import create_people

from .country import Base, Country
from .people import People
from .sign_ins import PASSWORD

OLDEST, YOUNGEST = date(1966, 1, 1), date(1997, 12, 31)
REASON = "the demo acts in the name of its own staff"


@dataclass(slots=True)
class Staff:
    """Viewers by what they do, for the actions of the story."""

    association: Viewer
    reviewers: dict[tuple[int, str], Viewer] = field(default_factory=dict)
    second_reviewers: dict[tuple[int, str], Viewer] = field(default_factory=dict)
    province_admins: dict[int, Viewer] = field(default_factory=dict)
    bases: dict[tuple[int, str], Viewer] = field(default_factory=dict)


class Hiring:
    """Opens accounts and notes who must be given the demo's password and a user name."""

    def __init__(self, rng: Random, people: People, by: Viewer) -> None:
        self.rng, self.people, self.by = rng, people, by
        self.users: list[int] = []
        self.names: set[str] = set()

    def open(self, role: str, organization: Organization, user_name: str, track: str = "") -> Grant:
        """Somebody new with one identity."""
        invented = self.people.make(YOUNGEST, OLDEST)
        ((person_id, _key),) = create_people([invented.new])
        accounts.open_staff_account(person_id, role, organization, by=self.by, track=track)
        user = accounts_of_persons([person_id])[person_id]
        user.sign_in_name = user_name
        user.save(update_fields=["sign_in_name"])
        self.users.append(user.pk)
        return _grant(user, organization)

    def also(self, grant: Grant, role: str, organization: Organization, track: str) -> None:
        """A further identity of the same person (P-07)."""
        accounts.give_grant(grant.user, role, organization, by=self.by, track=track)

    def own_account(self, organization: Organization) -> Grant:
        """The base's account without a person."""
        accounts.open_organization_account(organization, by=self.by)
        user = User.objects.for_system(REASON).get(organization=organization)
        self.users.append(user.pk)
        return _grant(user, organization)


def _grant(user: User, organization: Organization) -> Grant:
    rows = Grant.objects.for_system(REASON).select_related(
        "organization__province", "user__person", "user__organization"
    )
    return rows.get(user=user, organization=organization)


def _viewer(grant: Grant) -> Viewer:
    return viewer_for(grant, source="demo")


def hire(country: Country, rng: Random, people: People, *, by: Viewer) -> Staff:
    """Open every account and set the demo's password for all of them at the price of one hash."""
    hiring = Hiring(rng, people, by)
    hiring.open("ministry_reader", country.ministry, "kejiaosi", Track.WESTERN)
    hiring.open("ministry_reader", country.ministry, "zhongyiyaoju", Track.TCM)
    staff = Staff(_viewer(hiring.open("association_admin", country.association, "xiehui")))
    for base in country.bases:
        _hire_province(hiring, staff, base)
    for base in country.bases:
        _hire_base(hiring, base, staff)
    first, second = country.bases[0], country.bases[2]
    shared = hiring.open("base_admin", first.node, "shuangshenfen", Track.WESTERN)
    hiring.also(shared, "base_admin", second.node, Track.WESTERN)
    accounts.share_password(hiring.users, PASSWORD, by=by)
    trust_phones(hiring.users, by=by)
    return staff


def _hire_province(hiring: Hiring, staff: Staff, base: Base) -> None:
    node, letters = base.province_node, base.province.letters
    if node.pk in staff.province_admins:
        return
    staff.province_admins[node.pk] = _viewer(hiring.open("province_admin", node, f"{letters}.guanli"))
    for track, suffix in ((Track.WESTERN, ""), (Track.TCM, ".zhongyi")):
        name = f"{letters}.shenhe{suffix}"
        staff.reviewers[node.pk, track] = _viewer(hiring.open("province_reviewer", node, name, track))
    second = _viewer(hiring.open("province_reviewer", node, f"{letters}.shenhe2", Track.WESTERN))
    staff.second_reviewers[node.pk, Track.WESTERN] = second


def _hire_base(hiring: Hiring, base: Base, staff: Staff) -> None:
    """The base's own account, and one administrator for each track that it trains."""
    hiring.own_account(base.node)
    for track in base.tracks:
        suffix = "zhongyi" if track == Track.TCM and len(base.tracks) > 1 else "jiaoxue"
        grant = hiring.open("base_admin", base.node, f"{base.node.code.lower()}.{suffix}", track)
        staff.bases[base.node.pk, track] = _viewer(grant)


def late_staff(country: Country, people: People, *, by: Viewer) -> None:
    """What staff lists hold in real life: identities that end soon or have ended, initial passwords nobody used in time."""
    base, province = country.bases[0].node, country.bases[0].province_node
    now, hiring = clock.now(), Hiring(Random("late"), people, by)
    with clock.telling(now - timedelta(days=300)):
        seconded = hiring.open("base_admin", base, "jinxiu", Track.WESTERN)
        moved = hiring.open("base_admin", base, "diaoli", Track.WESTERN)
        expert = hiring.open("province_reviewer", province, "zhuanjia", Track.WESTERN)
    accounts.share_password(hiring.users, PASSWORD, by=by)
    for grant, days in ((seconded, 12), (expert, 9)):
        accounts.set_expiry(grant, now + timedelta(days=days), by=by)
    with clock.telling(now - timedelta(days=20)):
        accounts.end_identity(moved, by=by, reason="调离教学办公室")
    for days in (45, 38, 3, 1):
        with clock.telling(now - timedelta(days=days)):
            _newcomer(people, base, by, locked=days == 3)


def _newcomer(people: People, base: Organization, by: Viewer, *, locked: bool) -> None:
    """An account that was opened and never used; after 30 days its initial password has lapsed."""
    ((person_id, _key),) = create_people([people.make(YOUNGEST, OLDEST).new])
    opened = accounts.open_staff_account(person_id, "base_admin", base, by=by)
    if locked:
        InitialCredential.objects.filter(user=opened.users[person_id]).update(failed_tries=MAX_TRIES)
