"""P-15, P-20, P-21: what stands in the cells of a row, as text and as HTML."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.exceptions import ObjectDoesNotExist

from xinglin.ui.lists import rows
from xinglin.ui.lists.formats import getter, number, plain, texts
from xinglin.ui.lists.parts import BatchAction, Column, RowAction
from xinglin.ui.lists.quoting import quoted

pytestmark = pytest.mark.req("P-15", "P-20")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""), ("", ""), ("云汀", "云汀"), (True, "是"), (False, "否"), (0, "0"), (1765, "1765"),
        (date(2026, 11, 20), "2026-11-20"), (datetime(2026, 11, 20, 9, 54, 4, 7, tzinfo=UTC), "2026-11-20 17:54:04"),
    ],
)  # fmt: skip
def test_values_as_text(value, shown):
    assert plain(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(1765, "1,765"), (Decimal("1234.50"), "1,234.50"), (None, ""), (True, "是")]
)
def test_numbers_have_separators(value, shown):
    assert number(value) == shown


class Missing:
    @property
    def qualification(self):
        raise type("RelatedObjectDoesNotExist", (ObjectDoesNotExist, AttributeError), {})


def test_paths_end_where_a_link_is_missing():
    read = getter(Column("x", "", value="person.qualification.status"))
    assert read(SimpleNamespace(person=None)) is None
    assert read(SimpleNamespace(person=Missing())) is None
    assert read(SimpleNamespace(person=SimpleNamespace(qualification=SimpleNamespace(status="a")))) == "a"
    with pytest.raises(AttributeError):
        read(SimpleNamespace(person=SimpleNamespace(qualification=SimpleNamespace())))


@pytest.mark.django_db
def test_the_screen_shows_short_labels_and_the_file_full_ones():
    row = SimpleNamespace(kind="06")
    column = Column("kind", "证件类型", code_table="id_type")
    assert texts(column, short=True, masked=True, separated=True)(row) == "港澳通行证"
    assert texts(column, short=False, masked=True, separated=True)(row) == "港澳居民来往内地通行证"
    assert texts(column, short=True, masked=True, separated=True)(SimpleNamespace(kind=None)) == ""


def test_masks_by_right():
    row, column = SimpleNamespace(phone="13900000000"), Column("phone", "手机号", mask="phone")
    assert texts(column, short=True, masked=True, separated=True)(row) == "139****0000"
    assert texts(column, short=True, masked=False, separated=True)(row) == "13900000000"


EDIT, DELETE = RowAction("编辑", "/e/"), RowAction("删除", "/d/", "post", confirm="真的？", danger=True)
OFF, MORE = RowAction("上报", reason="窗口已关闭"), RowAction("历史", "/h/?a=1&b=2")


def test_three_actions_stand_of_four_two_do():
    assert "更多" not in rows.acts([EDIT, DELETE, OFF], "林")
    html = rows.acts([EDIT, DELETE, OFF, MORE], "林")
    before, _, after = html.partition("<details")
    assert "编辑" in before
    assert "删除" in before
    assert "上报" in after
    assert "历史" in after
    assert "/h/?a=1&amp;b=2" in after


@pytest.mark.req("P-21")
def test_an_action_that_is_off_can_be_reached_and_says_why():
    html = rows.acts([OFF], "林")
    assert 'aria-disabled="true"' in html
    assert 'aria-label="上报 林，窗口已关闭"' in html
    assert "href" not in html


def test_an_action_that_writes_is_a_button():
    html = rows.acts([DELETE], "林")
    assert (
        '<button type="submit" formaction="/d/" class="xl-bad" data-confirm="真的？" aria-label="删除 林">删除</button>'
        in html
    )


@pytest.mark.parametrize("text", ["<b>", "a&b", '"', "'", "林知夏", "", "110199********031X"])
def test_quick_escaping_escapes_the_same(text):
    from html import escape

    assert quoted(text) == escape(text)


def test_the_label_of_a_batch_without_its_number():
    assert BatchAction("r", "上报 {n} 项").plain_label == "上报"
    assert BatchAction("r", "退回").plain_label == "退回"


def test_columns_fixed_at_the_left():
    classes = [rows.fix_class(place, 2, True) for place in range(3)]
    assert classes == ["xl-fix-l xl-fix-l2", "xl-fix-l xl-fix-edge", ""]
    assert rows.fix_class(0, 1, False) == "xl-fix-l xl-fix-edge"
