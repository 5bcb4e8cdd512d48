"""People whose intake of last year lapsed, imported again this year: the same persons with their old personal parts."""

from __future__ import annotations

from xinglin.accounts.selectors import accounts_of_persons
from xinglin.kernel import clock
from xinglin.people.actions import NewPerson
from xinglin.residents.actions.enrolling import Intake, enroll
from xinglin.residents.models import Enrollment

from . import calendar
from .country import Base
from .staff import Staff
from .timing import Times

MOST = 6


def reenroll(base: Base, times: Times, staff: Staff) -> None:
    """Import some of last year's lapsed residents of a base into today's window."""
    rows = Enrollment.objects.for_system("lapsed residents of the story").filter(
        organization=base.node, intake_year=times.past[1].year, lapsed_at__isnull=False, track="western"
    )
    lapsed = list(rows.select_related("person__key").order_by("pk")[:MOST])
    users = accounts_of_persons([row.person_id for row in lapsed])
    intakes = [
        Intake(_as_known(row), row.person, activated=users[row.person_id].activated_at is not None) for row in lapsed
    ]
    with clock.telling(calendar.at(times.current.first, 15)):
        enroll(
            intakes,
            window=times.window(times.current, "western"),
            base=base.node,
            province=base.province_node,
            by=staff.bases[base.node.pk, "western"],
        )


def _as_known(row: Enrollment) -> NewPerson:
    person = row.person
    return NewPerson(person.name, person.id_type, person.id_number, person.phone)
