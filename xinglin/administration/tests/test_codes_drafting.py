"""P-10: a new edition by workbook is a draft, looked at, and published whole or dropped."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.tests.factories import make_staff, make_tree, viewer_of
from xinglin.dictionaries import actions, amendments, selectors
from xinglin.dictionaries.actions import Ground
from xinglin.dictionaries.amendments import Present, Wanted
from xinglin.dictionaries.models import CodeDraft, CodeEdition, CodeEntry, CodeTable
from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import NotAllowed, Refused, Stale

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-10")]
TODAY, LATER = date(2026, 11, 20), date(2027, 1, 1)
KEY = "foreign_language_level"


@pytest.fixture(autouse=True)
def _no_cache_left_over():
    selectors.forget()
    yield
    selectors.forget()


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-20T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def keeper():
    return viewer_of(make_staff("association_admin", make_tree().association))


def whole(**changed: str) -> list[Wanted]:
    """The table as it is, with labels changed by code; "" leaves a code out."""
    rows = CodeEntry.objects.filter(table__key=KEY).order_by("position")
    kept = [Wanted(row.code, changed.get(row.code, row.label), row.short_label) for row in rows]
    return [row for row in kept if row.label]


def begin(keeper, day: date = TODAY, *, retire_missing: bool = True, name: str = "2027 年修订") -> CodeEdition:
    ground = Ground(day, "试验文件 1 号", "按新标准")
    return actions.start_edition(KEY, name, ground, retire_missing=retire_missing, by=keeper)


def publish(draft: CodeEdition, keeper) -> CodeEdition:
    table, rows = CodeTable.objects.get(key=KEY), selectors.draft_rows(draft)
    return actions.publish_edition(draft.pk, by=keeper, seen=selectors.preview_mark(table, rows))


def test_a_draft_changes_nothing_until_it_is_published(keeper):
    before = selectors.choices(KEY)
    draft = begin(keeper)
    actions.collect(draft.pk, [*whole(cet4="四级新名", tem4=""), Wanted("new1", "新等级")], by=keeper)
    selectors.forget()
    assert selectors.choices(KEY) == before
    found, present, rows = selectors.preview(draft)
    assert (found.added, found.renamed, found.retired) == (["new1"], ["cet4"], ["tem4"])
    assert found.unchanged == len(before) - 2 and present["cet4"].label == "大学英语四级" and len(rows) == len(before)
    done = publish(draft, keeper)
    assert done.counts == {"added": 1, "renamed": 1, "moved": 0, "retired": 1, "restored": 0}
    assert selectors.label(KEY, "cet4") == "四级新名" and selectors.code_for(KEY, "新等级") == "new1"
    assert selectors.code_for(KEY, "tem4") is None and selectors.label(KEY, "tem4") == "英语专业四级"
    table = CodeTable.objects.get(key=KEY)
    assert (table.edition, table.source, table.effective_from) == ("2027 年修订", "试验文件 1 号", TODAY)
    assert not CodeDraft.objects.exists()
    row = HistoryEntry.unscoped.get(subject_type="code_table")
    assert row.changes == {
        "cet4": ["大学英语四级", "四级新名"],
        "tem4 使用": ["", "2026-11-20 起停用"],
        "new1": ["", "新等级"],
    }


def test_an_edition_for_later_comes_into_force_on_its_day(keeper, settings):
    settings.DICTIONARY_POLL_SECONDS = 0
    draft = begin(keeper, LATER)
    actions.collect(draft.pk, [*whole(cet4="四级新名", tem4=""), Wanted("new1", "新等级")], by=keeper)
    publish(draft, keeper)
    assert selectors.label(KEY, "cet4") == "大学英语四级"
    assert selectors.code_for(KEY, "tem4") == "tem4" and selectors.code_for(KEY, "new1") is None
    with time_machine.travel("2027-01-01T00:00:00+08:00", tick=False):
        assert selectors.label(KEY, "cet4") == "四级新名"
        assert selectors.code_for(KEY, "tem4") is None and selectors.code_for(KEY, "new1") == "new1"


def test_additions_alone_retire_nothing(keeper):
    draft = begin(keeper, retire_missing=False)
    actions.collect(draft.pk, [Wanted("new1", "新等级")], by=keeper)
    assert publish(draft, keeper).counts == {"added": 1, "renamed": 0, "moved": 0, "retired": 0, "restored": 0}
    assert selectors.code_for(KEY, "cet6") == "cet6"


def test_a_retired_code_that_is_in_the_new_edition_comes_back(keeper):
    actions.retire_entry(KEY, "cet6", Ground(TODAY, "试验", "试"), by=keeper)
    draft = begin(keeper)
    actions.collect(draft.pk, whole(), by=keeper)
    assert publish(draft, keeper).counts["restored"] == 1
    assert selectors.code_for(KEY, "cet6") == "cet6"


def test_one_draft_at_a_time_with_a_new_name(keeper):
    begin(keeper)
    with pytest.raises(Refused, match="已在准备 2027 年修订 版"):
        begin(keeper, name="另一版")
    for name, said in ((" ", "请填写新版本的名称"), ("长" * 61, "最多 60 个字")):
        with pytest.raises(Refused, match=said):
            actions.start_edition("ethnic_group", name, Ground(TODAY, "试验"), retire_missing=True, by=keeper)
    with pytest.raises(Refused, match="现在就是 1991 版"):
        actions.start_edition("ethnic_group", "1991", Ground(TODAY, "试验"), retire_missing=True, by=keeper)


def test_publishing_rests_on_what_was_seen(keeper):
    draft = begin(keeper)
    actions.collect(draft.pk, [Wanted("new1", "新等级")], by=keeper)
    seen = selectors.preview_mark(CodeTable.objects.get(key=KEY), selectors.draft_rows(draft))
    actions.collect(draft.pk, [Wanted("new2", "又一个")], by=keeper)
    with pytest.raises(Stale, match="预览之后又有变化"):
        actions.publish_edition(draft.pk, by=keeper, seen=seen)
    seen = selectors.preview_mark(CodeTable.objects.get(key=KEY), selectors.draft_rows(draft))
    actions.retire_entry(KEY, "cet6", Ground(TODAY, "试验", "试"), by=keeper)
    with pytest.raises(Stale):
        actions.publish_edition(draft.pk, by=keeper, seen=seen)
    publish(draft, keeper)
    with pytest.raises(Stale, match="已经发布"):
        publish(draft, keeper)


def test_what_is_not_published(keeper):
    draft = begin(keeper)
    with pytest.raises(Refused, match="草稿还是空的"):
        publish(draft, keeper)
    actions.collect(draft.pk, whole(), by=keeper)
    with pytest.raises(Refused, match="没有差别"):
        publish(draft, keeper)
    actions.collect(draft.pk, [Wanted("new1", "大学英语六级")], by=keeper)
    with pytest.raises(Refused, match="重名"):
        publish(draft, keeper)
    with time_machine.travel("2026-11-21T08:00:00+08:00", tick=False), pytest.raises(Refused, match="不能早于今天"):
        publish(draft, keeper)
    with pytest.raises(Refused, match="没有这个版本"):
        actions.publish_edition(10**9, by=keeper, seen="")
    assert selectors.code_for(KEY, "new1") is None


def test_a_dropped_draft_leaves_no_trace_in_the_table(keeper):
    version = CodeTable.objects.get(key=KEY).version
    draft = begin(keeper)
    actions.collect(draft.pk, [Wanted("new1", "新等级")], by=keeper)
    actions.drop_edition(draft.pk, by=keeper)
    assert CodeTable.objects.get(key=KEY).version == version and not CodeDraft.objects.exists()
    assert not selectors.editions(CodeTable.objects.get(key=KEY)).exists()
    with pytest.raises(Stale, match="已经放弃"):
        actions.collect(draft.pk, [Wanted("new1", "新等级")], by=keeper)
    assert begin(keeper).number == 2


def test_the_last_row_of_a_code_counts(keeper):
    draft = begin(keeper)
    first = actions.collect(draft.pk, [Wanted("new1", "新等级")], by=keeper)
    again = actions.collect(draft.pk, [Wanted("new1", "改过的名")], by=keeper)
    assert first == again == selectors.draft_ids(draft)
    assert [row.label for row in selectors.draft_rows(draft)] == ["改过的名"]


def test_only_the_association_collects_publishes_and_drops(keeper):
    draft = begin(keeper)
    other = viewer_of(make_staff("province_admin", make_tree().province))
    for change in (
        lambda: actions.collect(draft.pk, [Wanted("new1", "新等级")], by=other),
        lambda: actions.publish_edition(draft.pk, by=other, seen=""),
        lambda: actions.drop_edition(draft.pk, by=other),
    ):
        with pytest.raises(NotAllowed):
            change()


codes = st.sampled_from(["a", "b", "c", "d", "e", "f"])
names = st.sampled_from(["甲", "乙", "丙", "丁"])


@given(
    st.dictionaries(codes, st.builds(Present, label=names, usable=st.booleans())),
    st.dictionaries(codes, names),
    st.booleans(),
)
def test_a_difference_accounts_for_every_code(present, given_rows, retire_missing):
    """Every row is new, changed or unchanged; what is not named is retired or left alone, never both."""
    rows = [Wanted(code, label) for code, label in given_rows.items()]
    found = amendments.difference(rows, present, retire_missing=retire_missing)
    touched = {*found.added, *found.renamed, *found.restored, *found.moved}
    assert len(touched) + found.unchanged == len(rows)
    assert set(found.added) == set(given_rows) - set(present)
    assert not set(found.retired) & set(given_rows)
    usable = {code for code, entry in present.items() if entry.usable}
    assert set(found.retired) == (usable - set(given_rows) if retire_missing else set())
    assert found.total == sum(found.counts.values())


@given(st.dictionaries(codes, names, min_size=1))
def test_publishing_twice_changes_nothing_the_second_time(given_rows):
    rows = [Wanted(code, label) for code, label in given_rows.items()]
    after = {row.code: Present(row.label) for row in rows}
    assert amendments.difference(rows, after, retire_missing=True).total == 0
