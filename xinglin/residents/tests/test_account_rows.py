"""Account import row by row: every refusal of R-03 with its words, every warning, and what a good row does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import transaction

from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.dictionaries.actions import add_entries
from xinglin.dictionaries.selectors import forget
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock, id_numbers
from xinglin.kernel.errors import NotAllowed, Refused, Stale
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import CapabilityKind, Track
from xinglin.organizations.models import Capability
from xinglin.people.models import Person
from xinglin.people.selectors import id_number_hash
from xinglin.residents.actions.deleting import delete
from xinglin.residents.actions.enrolling import Intake, correct_contacts, enroll
from xinglin.residents.actions.lapsing import lapse_due
from xinglin.residents.import_specs import ACCOUNTS
from xinglin.residents.import_specs.people_known import known_people, lookalikes, phone_owners
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews
from xinglin.windows.models import CollectionWindow, WindowPhase

from . import factories
from .bench import Line, applied, errors, judged, warnings

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-03")]
SYSTEM = Viewer.system("test")
BORN = date(1997, 5, 6)
NUMBER = id_numbers.synthetic("320199", BORN, 401)


@pytest.fixture
def world() -> Iterator[factories.World]:
    add_entries("division", [{"code": "320199", "label": "示例县"}], "测试")
    yield factories.make_world()
    forget("division")


def line(serial: int = 401, **over: str) -> Line:
    cells = {
        "招收年份": str(clock.today().year),
        "姓名": f"沈{'知望景思若清嘉明'[serial % 8]}川",
        "证件类型": "居民身份证",
        "证件号码": id_numbers.synthetic("320199", BORN, serial),
        "手机号": f"1907777{serial:04d}",
    }
    return cells | over


def of(enrollment: Enrollment, **over: str) -> Line:
    person = enrollment.person
    return line(0, 姓名=person.name, 证件号码=person.id_number, 手机号=person.phone) | over


def wrong_check_digit(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


REFUSALS: list[tuple[Line, str, str]] = [
    ({"招收年份": ""}, "intake_year", "没有填写"),
    ({"招收年份": "2019"}, "intake_year", "2019 年不在填报时间内"),
    ({"招收年份": "2013"}, "intake_year", "2014"),
    ({"招收年份": "今年"}, "intake_year", ""),
    ({"姓名": ""}, "name", "没有填写"),
    ({"证件类型": ""}, "id_type", "没有填写"),
    ({"证件类型": "身份的证明"}, "id_type", "没有这一项"),
    ({"证件号码": ""}, "id_number", "没有填写"),
    ({"证件号码": NUMBER[:-1]}, "id_number", "少 1 位，应为 18 位"),
    ({"证件号码": NUMBER + "5"}, "id_number", "多 1 位，应为 18 位"),
    ({"证件号码": NUMBER[:6] + NUMBER[8:17]}, "id_number", "15 位旧证件号，请填 18 位"),
    ({"证件号码": NUMBER[:16] + "O" + NUMBER[17]}, "id_number", "不是数字的字符"),
    ({"证件号码": wrong_check_digit(NUMBER)}, "id_number", f"校验位不对，应为 {NUMBER[-1]}"),
    ({"证件号码": "320199199702301235"}, "id_number", "出生日期 19970230 不存在"),
    ({"证件号码": "320199189912311235"}, "id_number", "出生日期 18991231 不可能"),
    ({"证件号码": f"320199{clock.today().year + 1}01011235"}, "id_number", "不可能"),
    ({"手机号": ""}, "phone", "没有填写"),
    ({"手机号": "1907777401"}, "phone", "应为 11 位"),
    ({"手机号": "190777740112"}, "phone", "应为 11 位"),
    ({"证件类型": "港澳居民来往内地通行证", "证件号码": "X12345678"}, "id_number", "字母 H 或 M"),
]
"""Cells of a good row that are changed; where the remark stands, and its words."""


def test_each_refusal_stands_at_its_cell_with_its_words(world: factories.World) -> None:
    lines = [line(2 * n) | cells for n, (cells, _, _) in enumerate(REFUSALS)]
    rows, _ = judged(ACCOUNTS, world.base, *lines)
    wrong = []
    for row, (cells, column, words) in zip(rows, REFUSALS, strict=True):
        found = errors(row)
        if row.verdict != "error" or [name for name, _ in found] != [column] or words not in found[0][1]:
            wrong.append(f"{cells}: {found}")
    assert not wrong, "\n".join(wrong)


def test_a_row_with_several_faults_tells_them_all(world: factories.World) -> None:
    cells = line(401, 招收年份="2019", 姓名="", 手机号="1")
    cells["证件号码"] = wrong_check_digit(cells["证件号码"])
    (row,), _ = judged(ACCOUNTS, world.base, cells)
    assert {column for column, _ in errors(row)} == {"intake_year", "name", "phone", "id_number"}


def test_of_rows_with_one_number_the_first_counts_and_the_rest_name_it(world: factories.World) -> None:
    shouted = line(401)["证件号码"].lower()
    rows, _ = judged(
        ACCOUNTS, world.base, line(7), line(401), line(401, 姓名="另一人"), line(9), line(401, 证件号码=f" {shouted} "),
    )  # fmt: skip
    assert [row.verdict for row in rows] == ["create", "create", "error", "create", "error"]
    for row in (rows[2], rows[4]):
        assert errors(row) == [("id_number", "与第 3 行重复")]
        assert row.issues[0].suggestion == "只留第 3 行"


def test_the_same_number_of_another_document_is_another_person(world: factories.World) -> None:
    passport = line(403, 证件类型="外籍护照", 证件号码="E12345678")
    permit = line(405, 证件类型="港澳居民来往内地通行证", 证件号码="H12345678")
    rows = applied(ACCOUNTS, world.base, passport, permit)
    assert [errors(row) for row in rows] == [[], []]
    for cells in (passport, permit):
        person = Person.unscoped.get(id_number_hash=id_number_hash(cells["证件号码"]))
        assert (person.sex, person.birth_date, person.nationality) == ("", None, "")


def test_a_county_that_no_table_knows_is_a_warning_for_identity_cards_alone(world: factories.World) -> None:
    unknown = line(401, 证件号码=id_numbers.synthetic("110199", BORN, 3))
    (card, known), _ = judged(ACCOUNTS, world.base, unknown, line(405))
    assert card.verdict == "create" and "110199 不在现行代码表中" in warnings(card)[0][1]
    assert known.issues == []


def test_who_holds_the_person_is_said_in_every_case(world: factories.World) -> None:
    """Undecided elsewhere, in training elsewhere, in training here, here in another batch."""
    sibling, foreign = world.tree.sibling, world.tree.foreign_base
    undecided = factories.make_enrollments(world, base=sibling, by=world.sibling)[0]
    trained, own = factories.make_enrollments(world, base=foreign)[0], factories.make_enrollments(world)[0]
    Enrollment.unscoped.filter(pk__in=[trained.pk, own.pk]).update(training_status="in_training")
    earlier = factories.make_window(2020)
    other_batch = factories.make_enrollments(world)[0]
    Enrollment.unscoped.filter(pk=other_batch.pk).update(window=earlier, intake_year=2020)
    WindowPhase.objects.filter(window=earlier).delete()
    rows, _ = judged(ACCOUNTS, world.base, of(undecided), of(trained), of(own), of(other_batch))
    told = [errors(row) for row in rows]
    assert [[column for column, _ in each] for each in told] == [["id_number"]] * 4
    words = [each[0][1] for each in told]
    assert f"已由{sibling.name}录入，正在招收" in words[0] and f"请联系{sibling.name}，由其删除" in words[0]
    assert f"正在{foreign.name}在培" in words[1] and "请联系原基地，先办理退培" in words[1]
    assert not any("释放" in each for each in words), "nobody is sent to a request that does not exist"
    assert "正在本基地在培" in words[2]
    assert "已由本基地录入" in words[3]
    assert [row.subject_id for row in rows] == [undecided.pk, trained.pk, own.pk, other_batch.pk]


@pytest.mark.parametrize("status", ["extended", "suspended"])
def test_the_status_of_training_is_in_the_words(world: factories.World, status: str) -> None:
    held = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    Enrollment.unscoped.filter(pk=held.pk).update(training_status=status)
    (row,), _ = judged(ACCOUNTS, world.base, of(held))
    label = {"extended": "延期", "suspended": "暂停"}[status]
    assert f"正在{world.tree.sibling.name}{label}，不能录入" in errors(row)[0][1]


@pytest.mark.parametrize("status", ["completed", "withdrawn", ""])
def test_whoever_is_held_by_nobody_is_no_obstacle(world: factories.World, status: str) -> None:
    former = factories.make_enrollments(world)[0]
    Enrollment.unscoped.filter(pk=former.pk).update(training_status=status, holding=False)
    (row,) = applied(ACCOUNTS, world.base, of(former))
    assert errors(row) == [] and row.subject_id != former.pk
    assert list(Enrollment.unscoped.filter(person=former.person, holding=True).values_list("pk", flat=True)) == [
        row.subject_id
    ]


ACTIVATED = [
    ({}, "unchanged", [], []),
    ({"姓名": "沈改名"}, "error", ["name"], []),
    ({"手机号": "19099990000"}, "unchanged", [], []),
    ({"姓名": "沈改名", "手机号": "19099990000"}, "error", ["name"], ["phone"]),
]
NOT_ACTIVATED = [
    ({}, "unchanged", [], []),
    ({"姓名": "沈改名"}, "update", [], []),
    ({"手机号": "19099990000"}, "update", [], []),
    ({"姓名": "沈改名", "手机号": "19099990000"}, "update", [], []),
]


@pytest.mark.parametrize(("activated", "table"), [(True, ACTIVATED), (False, NOT_ACTIVATED)])
def test_name_and_phone_of_a_row_that_is_here(world: factories.World, activated: bool, table: list) -> None:
    enrollment = factories.make_enrollments(world)[0]
    person = enrollment.person
    name, phone = person.name, person.phone
    if activated:
        User.unscoped.filter(person=person).update(activated_at=clock.now())
    for cells, verdict, refused, warned in table:
        (row,), _ = judged(ACCOUNTS, world.base, of(enrollment, **cells))
        assert (row.verdict, [c for c, _ in errors(row)], [c for c, _ in warnings(row)]) == (verdict, refused, warned)
        if refused:
            assert "登记的姓名不同，请核对证件" in errors(row)[0][1] and name not in errors(row)[0][1]
    issued = list(InitialCredential.objects.order_by("pk").values_list("pk", "issued_at"))
    (row,) = applied(ACCOUNTS, world.base, of(enrollment, 手机号="19099990000"))
    person.refresh_from_db()
    assert person.phone == (phone if activated else "19099990000") and person.name == name
    assert list(InitialCredential.objects.order_by("pk").values_list("pk", "issued_at")) == issued
    told = HistoryEntry.unscoped.filter(subject_id=str(enrollment.pk), update_type="changed").count()
    assert told == (0 if activated else 1)


@pytest.mark.req("P-19")
def test_a_foreign_number_with_a_wrong_name_does_not_tell_whose_it_is(world: factories.World) -> None:
    held = factories.make_enrollments(world, base=world.tree.foreign_base)[0]
    User.unscoped.filter(person=held.person).update(activated_at=clock.now())
    (row,), _ = judged(ACCOUNTS, world.base, of(held, 姓名="叶某某"))
    assert {column for column, _ in errors(row)} == {"name", "id_number"}
    assert held.person.name not in str(errors(row)) + str(warnings(row))


def test_a_known_free_person_who_is_active_gets_an_identity_and_no_password(world: factories.World) -> None:
    former = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    Enrollment.unscoped.filter(pk=former.pk).update(holding=False)
    User.unscoped.filter(person=former.person).update(activated_at=clock.now())
    before = InitialCredential.objects.count()
    (row,), _ = judged(ACCOUNTS, world.base, of(former, 手机号="19099990000"))
    assert [column for column, _ in warnings(row)] == ["phone"] and "不会改本人的手机号" in warnings(row)[0][1]
    (row,) = applied(ACCOUNTS, world.base, of(former, 手机号="19099990000"))
    assert row.returns == {} and InitialCredential.objects.count() == before
    assert Grant.unscoped.filter(user__person=former.person, role="resident").count() == 2
    assert Person.unscoped.select_related("key").get(pk=former.person_id).phone == former.person.phone


def test_a_known_free_person_who_never_signed_in_takes_the_new_name(world: factories.World) -> None:
    former = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    Enrollment.unscoped.filter(pk=former.pk).update(holding=False)
    (row,) = applied(ACCOUNTS, world.base, of(former, 姓名="沈正名", 手机号="19099990001"))
    person = Person.unscoped.select_related("key").get(pk=former.person_id)
    assert (person.name, person.phone) == ("沈正名", "19099990001")
    assert Enrollment.unscoped.get(pk=row.subject_id).person_name == "沈正名"


MODES = [("both", "create", "unchanged", "update"), ("create", "create", "unchanged", "error"),
         ("update", "error", "unchanged", "update")]  # fmt: skip


@pytest.mark.parametrize(("mode", "fresh", "same", "changed"), MODES)
def test_what_a_mode_admits(world: factories.World, mode: str, fresh: str, same: str, changed: str) -> None:
    first, second = factories.make_enrollments(world, 2)
    rows, _ = judged(ACCOUNTS, world.base, line(401), of(first), of(second, 手机号="19099990002"), mode=mode)
    assert [row.verdict for row in rows] == [fresh, same, changed]
    for row in rows:
        if row.verdict == "error":
            assert ("只新增" if mode == "create" else "只更新") in errors(row)[0][1]


def test_lookalikes_are_asked_about_across_bases_and_within_the_file(world: factories.World) -> None:
    there = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)[0]
    here = factories.make_enrollments(world)[0]

    def double(of_whom: Enrollment, phone: str) -> Line:
        born = of_whom.person.birth_date
        return line(1, 姓名=of_whom.person.name, 证件号码=id_numbers.synthetic("320199", born, 997), 手机号=phone)

    shared = "19099990003"
    rows, _ = judged(
        ACCOUNTS, world.base, double(there, shared), double(here, "19099990004"), line(403, 手机号=shared),
        line(405, 手机号=here.person.phone), line(407, 证件类型="外籍护照", 证件号码="E87654321"),
    )  # fmt: skip
    told = [[column for column, _ in warnings(row)] for row in rows]
    assert told == [["name"], [], ["phone"], ["phone"], []]
    assert world.tree.sibling.name in warnings(rows[0])[0][1]
    assert all(row.verdict == "create" for row in rows)


def test_two_open_batches_are_asked_about_and_the_answer_counts(world: factories.World) -> None:
    year = world.window.year
    assert ACCOUNTS.questions(world.base) == ()
    second = CollectionWindow.objects.create(
        purpose="recruitment", year=year, batch=2, track="western", created_at=clock.now()
    )
    first_phase = world.window.phases.get(kind="filling")
    WindowPhase.objects.create(
        window=second, kind="filling", starts_at=first_phase.starts_at, ends_at=first_phase.ends_at
    )
    (question,) = ACCOUNTS.questions(world.base)
    assert {value for value, _ in question.choices} == {str(world.window.pk), str(second.pk)}
    for params in ({}, {"window": ""}, {"window": "0"}):
        with pytest.raises(Refused, match="请选择导入到哪一批") as refusal:
            judged(ACCOUNTS, world.base, line(401), **params)
        assert refusal.value.field == "window"
    (row,) = applied(ACCOUNTS, world.base, line(401), window=str(second.pk))
    made = Enrollment.unscoped.get(pk=row.subject_id)
    assert (made.window_id, made.batch, made.intake_year) == (second.pk, 2, year)
    assert "第 1 批" in ACCOUNTS.subtitle(world.base) and "第 2 批" in ACCOUNTS.subtitle(world.base)
    (again,), _ = judged(ACCOUNTS, world.base, line(401), window=str(world.window.pk))
    assert "已由本基地录入" in errors(again)[0][1]


def test_a_base_of_both_tracks_is_asked_for_the_track(world: factories.World) -> None:
    base = world.tree.base
    tcm = CollectionWindow.objects.create(
        purpose="recruitment", year=world.window.year, batch=1, track="tcm", created_at=clock.now()
    )
    now = clock.now()
    WindowPhase.objects.create(
        window=tcm, kind="filling", starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1)
    )
    assert ACCOUNTS.questions(world.base) == (), "a base that does not train the other track is not asked"
    Capability.unscoped.create(
        organization=base, kind=CapabilityKind.TRAINING_BASE, track=Track.TCM, starts_on=date(2015, 1, 1)
    )
    (question,) = ACCOUNTS.questions(world.base)
    assert any(Track.TCM.label in label for _, label in question.choices)


def test_nobody_but_a_base_with_an_open_window_may_begin(world: factories.World) -> None:
    for viewer in (world.province, world.association):
        with pytest.raises(Refused, match="培训基地"):
            ACCOUNTS.needs(viewer)
    ACCOUNTS.needs(world.base)
    now = clock.now()
    for starts, ends in ((-9, -1), (1, 9)):
        world.window.phases.filter(kind="filling").update(
            starts_at=now + timedelta(days=starts), ends_at=now + timedelta(days=ends)
        )
        with pytest.raises(Refused, match="没有进行中的招收填报时间"):
            ACCOUNTS.needs(world.base)
        with pytest.raises(Refused, match="没有进行中的招收填报时间"):
            judged(ACCOUNTS, world.base, line(401))


def test_enrolling_needs_the_right_and_tells_when_somebody_was_quicker(world: factories.World) -> None:
    base = world.tree.base
    intake = Intake(factories.new_person())
    for viewer in (world.province, world.association, SYSTEM):
        with pytest.raises(NotAllowed), transaction.atomic():
            enroll([intake], window=world.window, base=base, province=base.province, by=viewer)
        with pytest.raises(NotAllowed):
            correct_contacts([], by=viewer)
    held = factories.make_enrollments(world)[0]
    person = Person.unscoped.select_related("key").get(pk=held.person_id)
    again = Intake(factories.NewPerson(person.name, "01", person.id_number, person.phone), person)
    with pytest.raises(Stale, match="刚被其他培训基地录入"), transaction.atomic():
        enroll([again], window=world.window, base=base, province=base.province, by=world.base)


def test_people_are_looked_up_by_type_and_number(world: factories.World) -> None:
    held, former = factories.make_enrollments(world, 2)
    Enrollment.unscoped.filter(pk=former.pk).update(holding=False)
    numbers = [
        ("01", held.person.id_number),
        ("01", former.person.id_number),
        ("03", held.person.id_number),
        ("01", NUMBER),
    ]
    found = known_people(numbers)
    assert set(found) == set(numbers[:2])
    assert found[numbers[0]].holding == held and found[numbers[1]].holding is None
    assert not any(known.activated for known in found.values())
    assert known_people([]) == {}
    facts = (held.person.name, held.person.birth_date)
    assert lookalikes({facts, ("无此人", BORN)}, base=world.tree.sibling) == {facts: world.tree.base.name}
    assert lookalikes({facts}, base=world.tree.base) == {}
    assert lookalikes({(former.person.name, former.person.birth_date)}, base=world.tree.sibling) == {}
    assert phone_owners([held.person.phone_hash, "no such hash"]) == {held.person.phone_hash}


def test_a_deleted_and_a_lapsed_person_come_back_with_what_they_typed(world: factories.World) -> None:
    wrong, late = factories.make_enrollments(world, 2)
    assert delete([wrong.pk], by=world.base).done == [wrong.pk]
    rows = applied(ACCOUNTS, world.base, of(wrong), of(late))
    assert [row.verdict for row in rows] == ["create", "unchanged"]
    assert reviews.recall(RECRUITMENT, [rows[0].subject_id], by=world.base).done == []
    assert lapse_due(by=SYSTEM) == 0
