"""What an account import leaves behind: one row of the history for each resident, and what was read in between (R-16)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xinglin.accounts.models import User
from xinglin.administration.selectors.accounts import log_of
from xinglin.dictionaries.actions import add_entries
from xinglin.dictionaries.selectors import forget, label
from xinglin.history.models import HistoryEntry
from xinglin.history.selectors import open_entries
from xinglin.imports import actions
from xinglin.imports.enums import Status
from xinglin.imports.models import ImportJob
from xinglin.imports.testing import xlsx_file
from xinglin.kernel import id_numbers
from xinglin.people.models import Person
from xinglin.residents.import_specs import ACCOUNTS
from xinglin.residents.models import Enrollment

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-16", "P-16")]
HEADS = ["招收年份", "姓名", "证件类型", "证件号码", "手机号"]


@pytest.fixture
def world():
    add_entries("division", [{"code": "320199", "label": "示例县"}], "测试")
    yield factories.make_world()
    forget("division")


def line(number: int, **over: Any) -> dict[str, str]:
    cells = {
        "招收年份": str(date.today().year),
        "姓名": "沈" + "知望景思若清嘉明"[number % 8] + "禾舟川宁"[number // 8 % 4],
        "证件类型": "居民身份证",
        "证件号码": id_numbers.synthetic("320199", date(1998, 4, 2), 300 + number),
        "手机号": f"1907777{number:04d}",
    }
    return cells | over


def bring_in(world, *lines: dict[str, str]) -> ImportJob:
    data = xlsx_file([HEADS, *([cells[head] for head in HEADS] for cells in lines)], ACCOUNTS.sheet_name)
    job = actions.start(ACCOUNTS, data=data, file_name="账号.xlsx", by=world.base)
    checked = actions.check(job.pk, by=world.base)
    assert checked is not None and actions.confirm(checked, revision=checked.revision, whole=False, by=world.base)
    done = actions.run(job.pk, by=world.base)
    assert done is not None and done.status == Status.DONE
    return done


def test_one_row_tells_of_enrollment_and_account(world):
    bring_in(world, line(1), line(2))
    rows = list(HistoryEntry.unscoped.filter(verb="enrollment.import").order_by("id"))
    assert len(rows) == 2 and not HistoryEntry.unscoped.filter(verb="account_opened").exists()
    for row in rows:
        enrollment = Enrollment.unscoped.get(pk=int(row.subject_id))
        user = User.unscoped.get(person=enrollment.person_id)
        assert (row.parent_type, row.parent_id, row.person_id) == ("user", str(user.pk), enrollment.person_id)
        assert (row.update_type, row.source) == ("created", "import")
        assert (row.facts["account"], row.facts["role"]) == ("opened", "resident")
        assert row.facts["intake_year"] == world.window.year


def test_the_sealed_part_names_the_person_and_nothing_is_clear(world):
    cells = line(3)
    bring_in(world, cells)
    row = HistoryEntry.unscoped.get(verb="enrollment.import")
    clear = f"{row.changes}{row.facts}{row.lookup}{row.parent_id}"
    assert cells["证件号码"] not in clear and cells["手机号"] not in clear and cells["姓名"] not in clear
    (opened,) = open_entries([row])
    assert opened.who == {"name": cells["姓名"], "id_number": cells["证件号码"]}
    assert opened.changes["手机"] == ["--", cells["手机号"]]
    assert row.lookup == Person.unscoped.get(pk=row.person_id).id_number_hash


def test_the_accounts_own_history_begins_with_the_import(world):
    bring_in(world, line(4), line(5))
    made = Enrollment.unscoped.order_by("id")
    for enrollment in made:
        user = User.unscoped.get(person=enrollment.person_id)
        assert [entry.subject_id for entry in log_of(world.base, user)] == [str(enrollment.pk)]
        assert not log_of(world.sibling, user), "a sibling base sees nothing of it"


def test_a_correction_before_the_first_sign_in_opens_no_account(world):
    bring_in(world, line(6))
    bring_in(world, line(6, 手机号="19077779999"))
    changed = HistoryEntry.unscoped.get(verb="enrollment.import", update_type="changed")
    assert (changed.parent_type, changed.parent_id) == ("", "")
    (opened,) = open_entries([changed])
    assert opened.changes == {"手机": ["19077770006", "19077779999"]}
    assert User.unscoped.filter(person=changed.person_id).count() == 1


def test_the_derived_facts_are_those_of_the_number(world):
    bring_in(world, line(7), line(8), line(9, 证件类型=label("id_type", "05"), 证件号码="E12345678"))
    people = {p.name: p for p in Person.unscoped.select_related("key").filter(name__startswith="沈")}
    for number in (7, 8):
        cells = line(number)
        person, facts = people[cells["姓名"]], id_numbers.check(cells["证件号码"])
        assert (person.sex, person.birth_date, person.nationality) == (facts.sex, facts.birth_date, "CHN")
        assert (person.id_number, person.phone) == (cells["证件号码"], cells["手机号"])
    foreign = people[line(9)["姓名"]]
    assert (foreign.sex, foreign.birth_date, foreign.nationality, foreign.id_number) == ("", None, "", "E12345678")


@pytest.mark.req("Q-02")
def test_the_statements_of_a_run_do_not_grow_with_its_rows(world, settings):
    settings.DICTIONARY_POLL_SECONDS = None

    def statements(lines: list[dict[str, str]]) -> int:
        with CaptureQueriesContext(connection) as made:
            bring_in(world, *lines)
        return len(made)

    statements([line(99)])
    assert statements([line(n) for n in range(10, 20)]) == statements([line(n) for n in range(20, 80)])
