"""P-17, P-20: one row as cells: in the order of the columns, as text or number, masked, guarded."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.exports.cells import cells, converter
from xinglin.exports.writing import distinct_heads
from xinglin.kernel.spreadsheet_guard import unguard
from xinglin.ui.lists.parts import Column

pytestmark = pytest.mark.req("P-17", "P-20")
ROW = SimpleNamespace(
    name="林知夏", born=date(1999, 2, 1), at=datetime(2026, 11, 20, 9, 54, 4, 999, tzinfo=UTC), yes=True, no=False,
    none=None, count=1765, share=Decimal("0.5"), phone="13900000000", evil="=1+1", base=SimpleNamespace(name="云汀"),
    nobody=None, sex="1",
)  # fmt: skip


def line(*columns, clear=False, row=ROW):
    return cells(columns, clear=clear)(row)


def test_order_is_that_of_the_columns_however_they_are_read():
    made = line(
        Column("a", "", value=lambda row: "算"), Column("name", ""), Column("b", "", value="base.name"),
        Column("c", "", value=lambda row: 2), Column("count", "", numeric=True),
    )  # fmt: skip
    assert made == ["算", "林知夏", "云汀", "2", 1765]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("born", "1999-02-01"), ("at", "2026-11-20 17:54:04"), ("yes", "是"), ("no", "否"), ("none", ""),
        ("count", "1765"), ("evil", "'=1+1"),
    ],
)  # fmt: skip
def test_values_as_text(name, shown):
    assert line(Column(name, "")) == [shown]
    assert line(Column(name, ""), Column("name", "")) == [shown, "林知夏"]


@pytest.mark.parametrize(
    ("name", "shown"), [("count", 1765), ("share", 0.5), ("none", None), ("yes", "是"), ("evil", "'=1+1")]
)
def test_numeric_columns_hold_numbers(name, shown):
    assert line(Column(name, "", numeric=True)) == [shown]


def test_a_missing_link_is_an_empty_cell_and_a_wrong_name_is_an_error():
    assert line(Column("x", "", value="nobody.name"), Column("name", "")) == ["", "林知夏"]
    with pytest.raises(AttributeError):
        line(Column("x", "", value="base.nonsense"), Column("name", ""))


def test_masks():
    phone = Column("phone", "", mask="phone")
    assert line(phone) == ["139****0000"]
    assert line(phone, clear=True) == ["13900000000"]


@pytest.mark.django_db
def test_codes_are_written_as_labels():
    assert line(Column("sex", "", code_table="sex")) == ["男性"]
    assert line(Column("none", "", code_table="sex")) == [""]


def test_no_head_stands_twice():
    columns = [Column("a", "电话"), Column("b", "电话"), Column("c", "时长", unit="月"), Column("d", "电话")]
    assert distinct_heads(columns) == ["电话", "电话（2）", "时长（月）", "电话（3）"]


KINDS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.text(max_size=20), st.dates(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**6), max_value=10**6),
    st.datetimes(timezones=st.just(UTC)),
)  # fmt: skip


@given(values=st.lists(KINDS, max_size=30))
def test_a_value_has_the_same_words_whatever_came_before_it(values):
    """1, 1.0 and True are equal, but are not the same words: what is remembered must not mix them up."""
    together = converter(Column("x", ""), clear=True)(values)
    alone = [converter(Column("x", ""), clear=True)([value])[0] for value in values]
    assert together == alone


@given(text=st.text(max_size=30))
def test_a_text_survives_the_way_out_and_back(text):
    said = converter(Column("x", ""), clear=True)([text])[0]
    assert said[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
    assert unguard(said) == text


@given(values=st.lists(st.one_of(st.integers(-(10**9), 10**9), st.none(), st.booleans(), st.text(max_size=5))))
def test_numbers_stay_numbers_and_nothing_else_does(values):
    made = converter(Column("x", "", numeric=True), clear=True)(values)
    for value, cell in zip(values, made, strict=True):
        if value is None or (type(value) is int):
            assert cell is value
        else:
            assert isinstance(cell, str)


def test_more_different_values_than_are_remembered(monkeypatch):
    monkeypatch.setattr("xinglin.exports.cells._REMEMBERED", 3)
    values = [f"={number}" for number in range(10)] * 2
    assert converter(Column("x", ""), clear=True)(values) == [f"'={number}" for number in range(10)] * 2


def test_masks_do_not_remember_the_clear_value():
    phones = ["13900000000", "13900000001", "", None]
    hidden = converter(Column("phone", "", mask="phone"), clear=False)(phones)
    assert hidden == ["139****0000", "139****0001", "", ""]
    assert converter(Column("phone", "", mask="phone"), clear=True)(phones) == ["13900000000", "13900000001", "", ""]
