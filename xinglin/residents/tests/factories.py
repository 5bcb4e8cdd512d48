"""Windows, enrollments and complete records for tests; organisations and accounts come from accounts' factories."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from xinglin.accounts.models import Grant, User
from xinglin.accounts.selectors import person_account, viewer_for
from xinglin.accounts.tests.factories import AREA, Tree, make_phone, make_staff, make_tree, viewer_of
from xinglin.kernel import clock, id_numbers
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Accreditation
from xinglin.organizations.models import Organization, SpecialtyBase
from xinglin.people.actions import NewPerson, save_section
from xinglin.residents.actions.enrolling import Intake, enroll
from xinglin.residents.actions.training import save_training
from xinglin.residents.models import Enrollment
from xinglin.windows.enums import PhaseKind, Purpose
from xinglin.windows.models import CollectionWindow, WindowPhase

_numbers = count(1)
INTERNAL_MEDICINE = "0100"


@dataclass
class World:
    """One tree with staff, an open window, and the viewers of both sides."""

    tree: Tree
    window: CollectionWindow
    base: Viewer
    province: Viewer
    association: Viewer
    sibling: Viewer
    other_province: Viewer


def make_window(
    year: int | None = None, *, filling: tuple[int, int] = (-11, 7), review: tuple[int, int] = (-11, 12)
) -> CollectionWindow:
    """A western batch; spans are days from today."""
    now = clock.now()
    window = CollectionWindow.objects.create(
        purpose=Purpose.RECRUITMENT, year=year or now.year, batch=1, track="western", created_at=now
    )
    for kind, (starts, ends) in ((PhaseKind.FILLING, filling), (PhaseKind.REVIEW, review)):
        WindowPhase.objects.create(
            window=window, kind=kind, starts_at=now + timedelta(days=starts), ends_at=now + timedelta(days=ends)
        )
    return window


def make_world(**window: Any) -> World:
    """Everything that a journey needs, before the first resident."""
    tree = make_tree()
    for base in tree.bases:
        SpecialtyBase.unscoped.create(
            organization=base, track="western", specialty=INTERNAL_MEDICINE, capacity=50,
            accreditation=Accreditation.ACCREDITED,
        )  # fmt: skip
    return World(
        tree=tree,
        window=make_window(**window),
        base=viewer_of(make_staff("base_admin", tree.base)),
        province=viewer_of(make_staff("province_reviewer", tree.province)),
        association=viewer_of(make_staff("association_admin", tree.association)),
        sibling=viewer_of(make_staff("base_admin", tree.sibling)),
        other_province=viewer_of(make_staff("province_reviewer", tree.other_province)),
    )


def new_person(name: str = "") -> NewPerson:
    """Cleaned values of a person who is not in the system; an odd serial is male."""
    number = next(_numbers)
    born = date(1998, 1, 1) + timedelta(days=number % 900)
    id_number = id_numbers.synthetic(AREA, born, number % 1000)
    return NewPerson(name or f"程{'知望景思若清嘉明'[number % 8]}禾", "01", id_number, make_phone(70000 + number))


def make_enrollments(
    world: World, size: int = 1, *, base: Organization | None = None, by: Viewer | None = None
) -> list[Enrollment]:
    """Imported residents of a base who have not signed in yet."""
    home = base or world.tree.base
    province = home.province
    assert province is not None
    ids = enroll(
        [Intake(new_person()) for _ in range(size)], window=world.window, base=home, province=province,
        by=by or world.base,
    ).ids  # fmt: skip
    rows = Enrollment.unscoped.select_related("person__key", "organization", "province", "window").in_bulk(ids)
    return [rows[pk] for pk in ids]


def resident_viewer(enrollment: Enrollment) -> Viewer:
    """The resident's own viewer."""
    user = person_account(enrollment.person_id)
    assert isinstance(user, User)
    return viewer_for(Grant.unscoped.select_related("user__person", "organization__province").get(user=user))


def picture() -> uuid.UUID:
    """An id as a stored picture has it."""
    return uuid.uuid4()


def basic_info() -> dict[str, Any]:
    return {
        "basic_info.ethnic_group": "01",
        "basic_info.nationality": "CHN",
        "basic_info.household_division": "110101",
        "basic_info.photo": picture(),
        "basic_info.id_front": picture(),
        "basic_info.id_back": picture(),
    }


def education() -> dict[str, Any]:
    return {
        "education.bachelor.applies": True,
        "education.bachelor.school": "澜江大学",
        "education.bachelor.major": "临床医学",
        "education.bachelor.graduated_on": date(clock.today().year, 6, 30),
        "education.bachelor.full_time": True,
        "education.bachelor.diploma_number": f"10999120{clock.today().year % 100:02d}05000001",
        "education.bachelor.degree": "410",
        "education.bachelor.degree_type": "professional",
        "education.bachelor.degree_number": f"109994{clock.today().year}000001",
        "education.bachelor.diploma_scan": picture(),
        "education.bachelor.degree_scan": picture(),
    }


def training() -> dict[str, Any]:
    year = clock.today().year
    return {
        "funding_plan": "national_plan",
        "personnel_type": "independent",
        "military_hospital": False,
        "graduate_cohort": "fresh",
        "rural_oriented": False,
        "west_china_support": False,
        "training_division": "110101",
        "specialty": INTERNAL_MEDICINE,
        "approved_years": 3,
        "starts_on": date(year, 9, 1),
    }


def fill_personal(enrollment: Enrollment) -> Viewer:
    """The resident fills all three parts; returns the resident's viewer."""
    viewer = resident_viewer(enrollment)
    save_section("basic_info", basic_info(), by=viewer)
    save_section("education", education(), by=viewer)
    save_section("qualifications", {"qualifications.status": "not_taken"}, by=viewer)
    return viewer


def complete(enrollment: Enrollment, world: World) -> Viewer:
    """Personal and training information complete, ready to report."""
    viewer = fill_personal(enrollment)
    save_training(enrollment.pk, training(), by=world.base)
    return viewer
