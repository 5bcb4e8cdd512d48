"""P-10: single changes of a code table; each is an edition with its day, its source, its history."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.tests.factories import make_staff, make_tree, viewer_of
from xinglin.dictionaries import actions, amendments, selectors
from xinglin.dictionaries.actions import Ground
from xinglin.dictionaries.amendments import Wanted
from xinglin.dictionaries.models import CodeEdition, CodeEntry, CodeTable
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.clock import SHANGHAI
from xinglin.kernel.errors import NotAllowed, Refused, Stale

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-10")]
NOON = "2026-11-20T12:00:00+08:00"
TODAY, LATER = date(2026, 11, 20), date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _no_cache_left_over():
    selectors.forget()
    yield
    selectors.forget()


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def keeper():
    return viewer_of(make_staff("association_admin", make_tree().association))


def ground(day: date = TODAY, source: str = "GB/T 0000-2026", note: str = "核对标准原文") -> Ground:
    return Ground(day, source, note)


def history() -> list[HistoryEntry]:
    return list(HistoryEntry.unscoped.filter(subject_type="code_table").order_by("id"))


def test_an_added_code_can_be_chosen_at_once_and_says_where_it_is_from(keeper):
    made = actions.add_entry("ethnic_group", Wanted(" 60 ", "　示例族 ", "示例"), ground(), by=keeper)
    assert selectors.code_for("ethnic_group", "示例") == "60"
    assert ("60", "示例族") in selectors.choices("ethnic_group")
    assert (made.origin, made.edition, made.valid_from) == ("GB/T 0000-2026", 1, None)
    edition = CodeEdition.objects.get()
    assert (edition.kind, edition.counts, edition.effective_from) == ("added", {"added": 1}, TODAY)
    row = history()[0]
    assert row.verb == "codes.added" and row.changes == {"60": ["", "示例族"]} and row.facts["edition"] == 1
    assert row.facts["source"] == "GB/T 0000-2026" and row.facts["reason"] == "核对标准原文"


def test_a_code_for_later_waits_for_its_day(keeper, settings):
    settings.DICTIONARY_POLL_SECONDS = 0
    actions.add_entry("ethnic_group", Wanted("60", "示例族"), ground(LATER), by=keeper)
    assert selectors.code_for("ethnic_group", "60") is None and "60" not in selectors.usable("ethnic_group")
    assert selectors.label("ethnic_group", "60") == "示例族"
    with time_machine.travel("2027-01-01T00:00:00+08:00", tick=False):
        assert selectors.code_for("ethnic_group", "60") == "60"


@pytest.mark.parametrize(
    ("wanted", "field", "said"),
    [
        (Wanted("01", "新族"), "code", "已经是“汉族”"),
        (Wanted("", "新族"), "code", "字母、数字"),
        (Wanted("a b/c", "新族"), "code", "字母、数字"),
        (Wanted("-1", "新族"), "code", "字母或数字开头"),
        (Wanted("9" * 21, "新族"), "code", "1 至 20 位"),
        (Wanted("90", " "), "label", "请填写名称"),
        (Wanted("90", "长" * 101), "label", "最多 100 个字，现在是 101"),
        (Wanted("90", "新族", "长" * 61), "short_label", "最多 60 个字"),
        (Wanted("90", "汉 族"), "label", "与 01 重名"),
        (Wanted("90", "新族", "", "77"), "parent_code", "没有上级代码 77"),
        (Wanted("90", "新族", "", "", "77"), "like", "没有代码 77"),
    ],
)
def test_what_is_not_added(keeper, wanted, field, said):
    before = CodeEntry.objects.count(), selectors.table("ethnic_group").version
    with pytest.raises(Refused, match=said) as refusal:
        actions.add_entry("ethnic_group", wanted, ground(), by=keeper)
    assert refusal.value.field == field
    selectors.forget()
    assert (CodeEntry.objects.count(), selectors.table("ethnic_group").version) == before
    assert not history() and not CodeEdition.objects.exists()


@pytest.mark.parametrize(
    ("given_ground", "field", "said"),
    [
        (ground(TODAY - timedelta(days=1)), "effective_from", "不能早于今天"),
        (ground(source=" "), "source", "请写明来源"),
        (ground(source="长" * 121), "source", "最多 120 个字"),
        (ground(note="长" * 301), "note", "最多 300 个字"),
    ],
)
def test_every_change_names_day_and_source(keeper, given_ground, field, said):
    for change in (
        lambda: actions.add_entry("ethnic_group", Wanted("60", "示例族"), given_ground, by=keeper),
        lambda: actions.rename_entry("ethnic_group", "02", "蒙族", "", given_ground, by=keeper),
        lambda: actions.retire_entry("ethnic_group", "02", given_ground, by=keeper),
    ):
        with pytest.raises(Refused, match=said) as refusal:
            change()
        assert refusal.value.field == field


def test_a_specialty_takes_its_further_facts_from_another(keeper):
    with pytest.raises(Refused, match="与哪一条相同") as refusal:
        actions.add_entry("specialty", Wanted("5000", "示例专科"), ground(), by=keeper)
    assert refusal.value.field == "like"
    made = actions.add_entry("specialty", Wanted("5000", "示例专科", "", "", "0100"), ground(), by=keeper)
    assert made.extra == CodeEntry.objects.get(table__key="specialty", code="0100").extra
    assert made.extra["track"] == "western"


def test_a_renamed_code_keeps_its_former_word_for_old_records(keeper):
    actions.rename_entry("specialty", "1400", "骨外科", "骨外", ground(), by=keeper, seen="骨科")
    changed = clock.now()
    assert selectors.label("specialty", "1400") == "骨外科"
    assert selectors.short_label("specialty", "1400") == "骨外"
    assert selectors.label("specialty", "1400", changed - timedelta(seconds=1)) == "骨科"
    assert selectors.short_label("specialty", "1400", changed - timedelta(days=900)) == "骨科"
    assert selectors.label("specialty", "1400", changed) == "骨外科"
    assert selectors.code_for("specialty", "骨科") is None
    assert history()[0].changes == {"1400": ["骨科", "骨外科"], "1400 简称": ["", "骨外"]}
    entry = CodeEntry.objects.get(table__key="specialty", code="1400")
    assert entry.amended == ["label", "short_label"] and entry.wordings.count() == 1


def test_a_rename_for_later_leaves_the_word_of_today(keeper, settings):
    settings.DICTIONARY_POLL_SECONDS = 0
    actions.rename_entry("specialty", "1400", "骨外科", "", ground(LATER), by=keeper)
    assert selectors.label("specialty", "1400") == "骨科" and selectors.code_for("specialty", "骨科") == "1400"
    midnight = datetime(2027, 1, 1, tzinfo=SHANGHAI)
    assert selectors.label("specialty", "1400", midnight) == "骨外科"
    with pytest.raises(Refused, match="已经安排从 2027-01-01 起改名"):
        actions.rename_entry("specialty", "1400", "骨伤科", "", ground(), by=keeper)
    with time_machine.travel(midnight, tick=False):
        assert selectors.code_for("specialty", "骨外科") == "1400"
        assert selectors.code_for("specialty", "骨科") is None
    with time_machine.travel(midnight + timedelta(hours=9), tick=False):
        actions.rename_entry("specialty", "1400", "骨伤科", "", ground(LATER), by=keeper)
        assert selectors.label("specialty", "1400", midnight - timedelta(seconds=1)) == "骨科"
        assert selectors.label("specialty", "1400") == "骨伤科"


def test_a_rename_rests_on_what_was_seen(keeper):
    with pytest.raises(Stale, match="刚刚被改为“骨科”"):
        actions.rename_entry("specialty", "1400", "骨外科", "", ground(), by=keeper, seen="老骨科")
    with pytest.raises(Refused, match="没有改动"):
        actions.rename_entry("specialty", "1400", " 骨科 ", "", ground(), by=keeper, seen="骨科")
    with pytest.raises(Refused, match="与 0100 重名"):
        actions.rename_entry("specialty", "1400", "内科", "", ground(), by=keeper)
    with pytest.raises(Refused, match="没有代码 0000"):
        actions.rename_entry("specialty", "0000", "内科", "", ground(), by=keeper)


def test_a_retired_code_stays_readable_and_cannot_be_chosen(keeper, settings):
    settings.DICTIONARY_POLL_SECONDS = 0
    actions.retire_entry("specialty", "1400", ground(LATER), by=keeper)
    assert selectors.code_for("specialty", "骨科") == "1400"
    with time_machine.travel("2027-01-01T00:00:00+08:00", tick=False):
        assert selectors.code_for("specialty", "骨科") is None
        assert "1400" not in dict(selectors.choices("specialty"))
        assert selectors.label("specialty", "1400") == "骨科" and "1400" in selectors.codes("specialty")
    with pytest.raises(Refused, match="已经从 2027-01-01 起停用"):
        actions.retire_entry("specialty", "1400", ground(), by=keeper)
    with (
        time_machine.travel("2027-01-01T00:00:00+08:00", tick=False),
        pytest.raises(Refused, match="已停用；请在列表里"),
    ):
        actions.add_entry("specialty", Wanted("1400", "新骨科", like="0100"), ground(LATER), by=keeper)


@pytest.mark.parametrize("verb", ["retire_entry", "restore_entry"])
def test_retiring_and_restoring_say_why(keeper, verb):
    with pytest.raises(Refused, match=r"请写明.*理由") as refusal:
        getattr(actions, verb)("specialty", "1400", ground(note=" "), by=keeper)
    assert refusal.value.field == "note"


def test_a_group_is_retired_after_what_lies_under_it(keeper):
    with pytest.raises(Refused, match="下面还有"):
        actions.retire_entry("medical_subject", "03", ground(), by=keeper)
    actions.add_entry("medical_subject", Wanted("99", "示例科目"), ground(), by=keeper)
    actions.add_entry("medical_subject", Wanted("99.01", "示例专业", "", "99"), ground(), by=keeper)
    actions.retire_entry("medical_subject", "99.01", ground(), by=keeper)
    actions.retire_entry("medical_subject", "99", ground(), by=keeper)
    assert selectors.children("medical_subject", "99") == []


def test_a_retirement_is_taken_back(keeper):
    actions.retire_entry("specialty", "1400", ground(), by=keeper)
    assert selectors.code_for("specialty", "骨科") is None
    actions.restore_entry("specialty", "1400", ground(), by=keeper)
    assert selectors.code_for("specialty", "骨科") == "1400"
    assert [edition.kind for edition in CodeEdition.objects.order_by("number")] == ["retired", "restored"]
    with pytest.raises(Refused, match="没有停用"):
        actions.restore_entry("specialty", "1400", ground(), by=keeper)


def test_the_label_of_a_retired_code_is_free_and_its_return_then_refused(keeper):
    actions.retire_entry("ethnic_group", "02", ground(), by=keeper)
    actions.add_entry("ethnic_group", Wanted("61", "蒙古族"), ground(), by=keeper)
    with pytest.raises(Refused, match="与 61 重名"):
        actions.restore_entry("ethnic_group", "02", ground(), by=keeper)


@pytest.mark.parametrize("key", sorted(amendments.BUILT_IN))
def test_words_of_the_product_change_with_the_product_only(keeper, key):
    code = next(iter(selectors.table(key).entries))
    for change in (
        lambda: actions.add_entry(key, Wanted("zz", "新词"), ground(), by=keeper),
        lambda: actions.rename_entry(key, code, "新词", "", ground(), by=keeper),
        lambda: actions.retire_entry(key, code, ground(), by=keeper),
        lambda: actions.start_edition(key, "新版", ground(), retire_missing=True, by=keeper),
    ):
        with pytest.raises(Refused, match="只随产品更新"):
            change()


def test_built_in_tables_exist():
    assert set(selectors.shipped_titles()) >= amendments.BUILT_IN


@pytest.mark.parametrize("role", ["base_admin", "province_admin", "province_reviewer", "ministry_reader"])
def test_only_the_association_keeps_the_tables(role):
    tree = make_tree()
    place = {"base_admin": tree.base, "ministry_reader": tree.ministry}.get(role, tree.province)
    other = viewer_of(make_staff(role, place))
    for change in (
        lambda: actions.add_entry("ethnic_group", Wanted("60", "示例族"), ground(), by=other),
        lambda: actions.rename_entry("ethnic_group", "01", "汉人", "", ground(), by=other),
        lambda: actions.retire_entry("ethnic_group", "01", ground(), by=other),
        lambda: actions.restore_entry("ethnic_group", "01", ground(), by=other),
        lambda: actions.start_edition("ethnic_group", "2027", ground(), retire_missing=True, by=other),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_an_unknown_table_is_refused(keeper):
    with pytest.raises(Refused, match="没有这张代码表"):
        actions.add_entry("weather", Wanted("1", "晴"), ground(), by=keeper)


def test_the_database_refuses_what_cannot_be(keeper):
    table = CodeTable.objects.get(key="ethnic_group")
    entry = CodeEntry.objects.filter(table=table).first()
    entry.valid_from, entry.retired_from = LATER, TODAY
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()
    same = {"table": table, "name": "x", "effective_from": TODAY, "made_by_name": "x", "made_at": clock.now()}
    for values in (
        {"number": 0, "kind": "added", "source": "x"},
        {"number": 1, "kind": "added", "source": ""},
        {"number": 1, "kind": "added", "source": "x", "state": "draft"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CodeEdition.objects.create(**same, **values)


def test_another_process_sees_a_change_at_its_next_write(keeper, settings):
    settings.DICTIONARY_POLL_SECONDS = 3600  # however slow the machine, nobody looks meanwhile
    assert selectors.label("ethnic_group", "02") == "蒙古族"
    stale = dict(selectors.reading._tables)
    actions.rename_entry("ethnic_group", "02", "蒙族", "", ground(), by=keeper)
    selectors.reading._tables.update(stale)  # as another process still has it
    assert selectors.label("ethnic_group", "02") == "蒙古族"
    selectors.look_again()
    assert selectors.label("ethnic_group", "02") == "蒙族"


label = st.text(st.characters(categories=["Lo", "Lu", "Nd"]), min_size=1, max_size=6)


@given(st.lists(st.tuples(st.integers(1, 400), label), max_size=6), st.integers(0, 500))
def test_at_any_instant_there_is_one_word_and_it_is_the_one_of_then(changes, asked):
    """Whatever was renamed when: the word of an instant is that of the last change before it."""
    start = datetime(2020, 1, 1, tzinfo=SHANGHAI)
    days = sorted({day for day, _ in changes})
    words = [f"名{number}" for number in range(len(days) + 1)]
    former = tuple((start + timedelta(days=day), words[number], "") for number, day in enumerate(days))
    entry = selectors.Entry("1", words[-1], "", "", None, (), {}, None, former)
    expected = words[sum(day <= asked for day in days)]
    assert entry.called_at(start + timedelta(days=asked))[0] == expected
