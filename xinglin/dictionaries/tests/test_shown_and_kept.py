"""Values in the words of the screen, what the doctor says of the tables, and what a new load leaves alone (P-10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.dictionaries import actions, checkups, display, selectors, sources
from xinglin.dictionaries.amendments import Wanted
from xinglin.dictionaries.models import CodeDraft, CodeEdition, CodeEntry, CodeTable, CodeWording
from xinglin.kernel import clock
from xinglin.kernel.checkups import Level, Look
from xinglin.kernel.clock import SHANGHAI
from xinglin.kernel.declarations import Declaration

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-10")]
SEX = Declaration("sex", "性别", "code", code_table="sex")
TEXT = Declaration("address", "通讯地址", "text")
NUMBER = Declaration("id_number", "证件号码", "id_number", mask="id_number")
PHONE = Declaration("phone", "手机", "mobile", mask="phone")
BOOL, IMAGE, INT = (Declaration(kind, kind, kind) for kind in ("bool", "image", "int"))
ID = "110199198311210026"


@pytest.fixture
def shipped(tmp_path, monkeypatch) -> Callable[..., dict[str, int]]:
    """A shipped table 颜色 whose file a test may rewrite."""
    monkeypatch.setattr(sources, "DATA", tmp_path)
    head = {"key": "colour", "title": "颜色", "source": "试验", "effective_from": None, "ours": True, "note": ""}

    def write(*entries: dict[str, Any], edition: str = "1") -> dict[str, int]:
        content = head | {"edition": edition, "entries": list(entries)}
        (tmp_path / "colour.json").write_text(json.dumps(content), encoding="utf-8")
        return actions.load_dictionaries(["colour"])

    return write


RED, BLUE, GREEN = ({"code": code, "label": label} for code, label in (("1", "红"), ("2", "蓝"), ("3", "绿")))


def entry(code: str) -> CodeEntry:
    return CodeEntry.objects.get(table__key="colour", code=code)


# --- display ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("declaration", "value", "shown"), [
    (SEX, "1", "男性"), (SEX, 2, "女性"), (SEX, "7", "7"), (SEX, "", "--"), (SEX, None, "--"),
    (BOOL, True, "是"), (BOOL, False, "否"), (BOOL, None, "--"),
    (IMAGE, "0d3c", "已上传"), (IMAGE, None, "--"), (INT, 0, "0"), (INT, 3, "3"),
    (TEXT, "青屏市 <b>", "青屏市 <b>"), (TEXT, "", "--"), (TEXT, date(2026, 2, 28), "2026-02-28"),
    (NUMBER, ID, ID), (PHONE, "16000000000", "16000000000"),
])  # fmt: skip
def test_a_value_in_words(declaration, value, shown):
    assert display.shown(declaration, value) == shown


@pytest.mark.req("P-19")
@pytest.mark.parametrize(("declaration", "value", "shown"), [
    (NUMBER, ID, "110199********0026"), (PHONE, "16012345678", "160****5678"), (NUMBER, "", "--"),
    (NUMBER, "H12345678", "H1*****78"), (TEXT, "16012345678", "16012345678"), (SEX, "1", "男性"),
])  # fmt: skip
def test_a_value_that_is_masked_where_that_is_asked(declaration, value, shown):
    assert display.shown(declaration, value, masked=True) == shown


@given(st.from_regex(r"1[0-9]{10}", fullmatch=True))
def test_a_masked_phone_never_tells_its_middle(number):
    shown = display.shown(PHONE, number, masked=True)
    assert len(shown) == 11 and shown[3:7] == "****" and (shown[:3], shown[7:]) == (number[:3], number[7:])


def test_a_sealed_record_shows_the_word_of_its_day(shipped):
    shipped(RED)
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        shipped(RED | {"label": "大红"})
        colour = replace(SEX, code_table="colour")
        assert display.shown(colour, "1") == "大红"
        assert display.shown(colour, "1", at=clock.now() - timedelta(seconds=1)) == "红"
        assert display.shown(colour, "1", at=clock.now()) == "大红"
        assert display.shown(colour, "9", at=clock.now()) == "9"


# --- the doctor -------------------------------------------------------------------------------------------------------


@pytest.mark.req("Q-13")
def test_the_doctor_counts_tables_and_entries():
    (found,) = checkups.tables(Look())
    assert found.level is Level.OK
    assert found.what == f"代码表 {CodeTable.objects.count()} 个，共 {CodeEntry.objects.count():,} 项。"


@pytest.mark.req("Q-13")
@pytest.mark.parametrize("lost", ["table", "entries"])
def test_the_doctor_names_a_table_that_is_missing_or_empty(lost):
    CodeTable.objects.get(key="title").delete()
    CodeEntry.objects.filter(table__key="sex").delete()
    if lost == "table":
        CodeTable.objects.get(key="sex").delete()
    first, second = checkups.tables(Look())
    assert (first.level, first.what) == (Level.BAD, "缺少代码表：sex、title。")
    assert "load_dictionaries" in first.todo and second.level is Level.OK
    actions.load_dictionaries()
    assert [finding.level for finding in checkups.tables(Look())] == [Level.OK], "what was advised has mended it"
    assert selectors.label("sex", "1") == "男性"


# --- loading ----------------------------------------------------------------------------------------------------------


def test_the_first_load_is_no_edition_and_each_update_is_one(shipped):
    shipped(RED, BLUE)
    assert not CodeEdition.objects.filter(table__key="colour").exists()
    shipped(RED | {"label": "大红"}, GREEN, edition="2")
    made = CodeEdition.objects.get(table__key="colour")
    assert (made.number, made.kind, made.name, made.made_by_name) == (1, "shipped", "2", "系统")
    assert made.counts == {"added": 1, "renamed": 1, "retired": 1}
    shipped(RED | {"label": "大红"}, GREEN, edition="3")
    assert CodeEdition.objects.filter(table__key="colour").count() == 1, "only the head changed"


def test_what_the_installation_renamed_or_retired_itself_is_left_alone(shipped):
    shipped(RED, BLUE, GREEN)
    CodeEntry.objects.filter(pk=entry("1").pk).update(label="朱红", amended=["label", "short_label"])
    CodeEntry.objects.filter(pk=entry("2").pk).update(retired_from=date(2026, 1, 1), amended=["retired_from"])
    shipped(RED | {"label": "大红", "aliases": ["赤"]}, BLUE | {"label": "天蓝"}, GREEN)
    assert (entry("1").label, entry("1").aliases) == ("朱红", ["赤"])
    assert (entry("2").label, entry("2").retired_from) == ("天蓝", date(2026, 1, 1))
    shipped(GREEN)
    assert entry("1").retired_from is None, "an entry that was amended here is not retired by a load"


def test_a_change_of_order_writes_the_order_only(shipped):
    shipped(RED, BLUE, GREEN)
    assert shipped(GREEN, BLUE, RED) == {"colour": 2}
    assert [code for code, _ in selectors.choices("colour")] == ["3", "2", "1"]
    assert not CodeWording.objects.filter(entry__table__key="colour").exists()


def test_a_table_of_the_installations_own_entries_is_not_loaded_again(shipped):
    shipped(RED)
    actions.add_entries("colour", [{"code": "9", "label": "紫"}], "某省")
    before = CodeTable.objects.get(key="colour").version
    assert "+" in before
    assert actions.load_dictionaries(["colour"]) == {}
    assert CodeTable.objects.get(key="colour").version == before


def test_entries_for_a_table_that_nobody_loaded(shipped):
    with pytest.raises(CodeTable.DoesNotExist):
        actions.add_entries("weather", [{"code": "1", "label": "晴"}], "某省")


@settings(max_examples=20)
@given(st.lists(st.sampled_from(["红", "蓝", "绿", "紫"]), min_size=1, max_size=5))
def test_every_touch_gives_another_version_of_the_same_base(words):
    with transaction.atomic():
        table = CodeTable.objects.get(key="sex")
        base, seen = table.version.partition("+")[0], {table.version}
        for word in words:
            actions.add_entries("sex", [{"code": "88", "label": word}], "试验")
            table.refresh_from_db()
            assert table.version.partition("+")[0] == base and len(table.version) <= 64
            assert table.version not in seen
            seen.add(table.version)
        transaction.set_rollback(True)
    selectors.forget()


# --- reading ----------------------------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("begins", "ends", "usable"), [
    (None, None, True), (date(2026, 11, 20), None, True), (date(2026, 11, 21), None, False),
    (None, date(2026, 11, 20), False), (None, date(2026, 11, 21), True),
    (date(2026, 11, 20), date(2026, 11, 20), False), (date(2026, 11, 20), date(2026, 11, 21), True),
])  # fmt: skip
def test_the_days_of_an_entry_are_half_open(shipped, begins, ends, usable):
    shipped(RED, BLUE)
    CodeEntry.objects.filter(pk=entry("1").pk).update(valid_from=begins, retired_from=ends)
    selectors.forget()
    with time_machine.travel(NOON, tick=False):
        assert ("1" in selectors.usable("colour")) == usable
        assert (("1", "红") in selectors.choices("colour")) == usable
        assert (selectors.code_for("colour", "红") == "1") == usable
        assert selectors.label("colour", "1") == "红"
        counted = selectors.tables().get(key="colour")
        assert counted.in_force == 1 + usable
        assert counted.retired == (1 if ends and ends <= NOON.date() else 0)
        present = selectors.present_entries(CodeTable.objects.get(key="colour"))
        assert present["1"].usable == (ends is None or ends > NOON.date())


@pytest.mark.parametrize(
    ("letters", "found"), [("h", {"1"}), ("hong", {"1"}), ("LAN", {"2"}), ("x", set()), ("", {"1", "2", "3"})]
)
def test_codes_by_their_sound(shipped, letters, found):
    shipped(RED, BLUE, GREEN)
    assert set(selectors.sounding_like("colour", letters)) == found


def test_a_short_label_that_two_share_says_nothing(shipped):
    shipped(RED | {"short_label": "色"}, BLUE | {"short_label": "色"}, GREEN | {"short_label": "草"})
    assert selectors.code_for("colour", "色") is None and selectors.code_for("colour", "草") == "3"


def test_a_preview_is_known_by_the_table_and_the_rows(shipped):
    shipped(RED)
    table = CodeTable.objects.get(key="colour")
    rows = [Wanted("1", "红")]
    mark = selectors.preview_mark(table, rows)
    assert mark == selectors.preview_mark(table, list(rows)) and len(mark) == 16
    assert mark != selectors.preview_mark(table, []) != selectors.preview_mark(table, rows * 2)
    table.version += "+1"
    assert mark != selectors.preview_mark(table, rows)


@pytest.mark.parametrize("change", [
    {"number": 0}, {"source": ""}, {"kind": "renamed", "state": "draft"}, {"kind": "added", "state": "dropped"},
])  # fmt: skip
def test_the_database_refuses_an_edition_that_cannot_be(change):
    values = {"number": 1, "kind": "workbook", "source": "试验", "effective_from": date(2026, 1, 1),
              "made_by_name": "某人", "made_at": clock.now()}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        CodeEdition.objects.create(table=CodeTable.objects.get(key="sex"), **values | change)


def test_the_database_refuses_a_code_twice_in_a_draft(shipped):
    values = {"number": 1, "kind": "workbook", "state": "draft", "source": "试验", "effective_from": date(2026, 1, 1),
              "made_by_name": "某人", "made_at": clock.now()}  # fmt: skip
    edition = CodeEdition.objects.create(table=CodeTable.objects.get(key="sex"), **values)
    CodeDraft.objects.create(edition=edition, code="1", label="男")
    with pytest.raises(IntegrityError), transaction.atomic():
        CodeDraft.objects.create(edition=edition, code="1", label="女")
    with pytest.raises(IntegrityError), transaction.atomic():
        CodeEdition.objects.create(table=edition.table, **values | {"number": 2})
