"""P-20, P-21, P-23, P-25: fields of every kind: what is taken, what is refused in which words, what is shown."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.kernel import certificates, id_numbers, uscc
from xinglin.kernel.declarations import Declaration, declarations_of
from xinglin.kernel.issues import Issue
from xinglin.people.models import Education
from xinglin.ui.forms import DeclaredForm, form_field

STILL = settings(max_examples=40, deadline=None)


def filled(declaration, value, **options):
    """A form of this one field, sent with the value."""
    data = {} if value is None else {declaration.name: value}
    return DeclaredForm({declaration.name: declaration}, data, **options)


def taken(declaration, value, **options):
    """What the form takes for the value."""
    form = filled(declaration, value, **options)
    assert form.is_valid(), form.errors
    return form.changed_values()[declaration.name]


def refused(declaration, value, **options):
    """The sentence at the field."""
    form = filled(declaration, value, **options)
    assert not form.is_valid()
    return form.errors[declaration.name][0]


def of(kind, **words):
    return Declaration("x", "某项", kind, **words)


GOOD_USCC = uscc.synthetic("110199", 12345)


@pytest.mark.req("P-25")
@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("name", " 阿依古丽 ・ 买买提 ", "阿依古丽·买买提"),
        ("name", "王　小明", "王小明"),
        ("mobile", "+86 139-0000-0000", "13900000000"),
        ("mobile", "１３９００００００００", "13900000000"),
        ("uscc", f" {GOOD_USCC.lower()} ", GOOD_USCC),
        ("id_number", "110199 19990909 031x", "11019919990909031X"),
        ("text", " 一\u200b  二 ", "一 二"),
        ("text", "ＡＢ（北京）", "AB（北京）"),
        ("email", "lin@example.com", "lin@example.com"),
        ("date", "2026-11-20", date(2026, 11, 20)),
        ("int", "36", 36),
        ("int", "0", 0),
        ("bool", "1", True),
        ("bool", "0", False),
    ],
)
def test_what_is_typed_is_stored_clean(kind, typed, stored):
    assert taken(of(kind), typed) == stored


@pytest.mark.parametrize(
    ("kind", "empty"),
    [("name", ""), ("mobile", ""), ("uscc", ""), ("id_number", ""), ("text", ""), ("email", ""), ("date", None),
     ("int", None), ("bool", None)],
)  # fmt: skip
@pytest.mark.parametrize("typed", ["", None])
@pytest.mark.req("P-23")
def test_a_draft_may_leave_any_field_empty(kind, empty, typed):
    assert taken(of(kind), typed) == empty


@pytest.mark.req("P-23")
@pytest.mark.parametrize("kind", ["name", "mobile", "uscc", "id_number", "text", "email", "date", "int", "bool"])
def test_what_is_required_now_says_so(kind):
    assert refused(of(kind), "", required={"x"}) == "没有填写"


@pytest.mark.parametrize("kind", ["name", "mobile", "text", "id_number"])
def test_blanks_are_nothing(kind):
    assert refused(of(kind), " \u3000\u200b", required={"x"}) == "没有填写"


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("mobile", "1390000", "现在是 7 位，手机号应为 11 位"),
        ("mobile", "12900000000", "手机号应以 13 至 19 开头，现在是 12"),
        ("name", "王", "姓名只有 1 个字，请填写完整姓名"),
        ("name", "王2", "姓名中不能有数字“2”"),
        ("uscc", "123", "少 15 位，统一社会信用代码应为 18 位"),
        ("email", "lin@", "邮箱格式不对，如 name@example.com。"),
        ("date", "2026-02-30", "日期不对，请按 2026-11-20 填写。"),
        ("date", "昨天", "日期不对，请按 2026-11-20 填写。"),
        ("int", "3.5", "请填写整数。"),
        ("int", "三", "请填写整数。"),
        ("bool", "2", "没有这一项，请从列表里选。"),
    ],
)
@pytest.mark.req("P-21")
def test_what_is_wrong_is_said_in_a_sentence(kind, typed, said):
    assert refused(of(kind), typed) == said


def test_a_number_below_nothing_is_refused():
    assert "0" in refused(of("int"), "-1")


@pytest.mark.parametrize(("length", "fits"), [(9, True), (10, True), (11, False)])
def test_the_length_counts_after_cleaning(length, fits):
    declaration = of("text", max_length=10)
    typed = f"  {'字' * length}\u200b\u200b "
    if fits:
        assert taken(declaration, typed) == "字" * length
    else:
        assert "10" in refused(declaration, typed)


# The cleaner of a declaration: what the kind would do is replaced by it.


def shout(value):
    """A cleaner for these tests: capitals, and no A."""
    if "A" in str(value).upper():
        raise ValueError("不能有字母 A")
    return str(value).upper()


@pytest.mark.req("P-25")
@pytest.mark.parametrize("kind", ["text", "name", "mobile", "uscc", "id_number"])
def test_a_declared_cleaner_stands_before_that_of_the_kind(kind):
    declaration = of(kind, cleaner=shout)
    assert taken(declaration, " b1 ") == "B1"
    assert refused(declaration, "xay") == "不能有字母 A"
    assert taken(declaration, "") == "", "nothing typed is not cleaned, and so not refused"


@pytest.mark.req("P-25")
@pytest.mark.parametrize("typed", ["10001 1 2019 05 123456", "１０００１１２０１９０５１２３４５６"])
def test_the_number_of_a_diploma_is_stored_without_its_spaces(typed):
    declaration = of("text", cleaner=certificates.clean_diploma)
    assert taken(declaration, typed) == "100011201905123456"
    assert refused(declaration, "#$%") == "学历证书编号含有不合规的字符或长度不对"


def test_the_cleaner_gets_what_has_been_made_plain_already():
    seen = []
    taken(of("text", cleaner=lambda value: seen.append(value) or str(value)), " 甲\u200b  乙 ")
    assert seen == ["甲 乙"]


def test_the_cleaner_of_a_model_field_reaches_the_form():
    declared = {d.name: d for d in declarations_of(Education).values() if d.cleaner is not None}
    assert declared, "diplomas and degrees have cleaners"
    for declaration in declared.values():
        assert form_field(declaration).cleaner is declaration.cleaner


@pytest.mark.parametrize(
    ("declaration", "attributes"),
    [
        (of("mobile", max_length=20), {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "maxlength": "20"}),
        (of("name", max_length=50), {"autocomplete": "name", "maxlength": "50"}),
        (of("id_number"), {"autocomplete": "off", "spellcheck": "false"}),
        (of("int"), {"type": "number", "inputmode": "numeric", "min": "0"}),
        (of("date"), {"type": "date"}),
        (of("email"), {"type": "email", "autocomplete": "email"}),
        (of("text", example="云汀大学"), {"placeholder": "如：云汀大学", "type": "text"}),
    ],
)
def test_a_field_brings_the_right_keyboard(declaration, attributes):
    html = str(DeclaredForm({"x": declaration})["x"])
    assert [name for name, value in attributes.items() if f'{name}="{value}"' not in html] == []


@pytest.mark.parametrize(("length", "element"), [(None, "input"), (200, "input"), (201, "textarea"), (500, "textarea")])
def test_long_texts_have_lines(length, element):
    assert str(DeclaredForm({"x": of("text", max_length=length)})["x"]).startswith(f"<{element}")


def drawn(form, name="x"):
    return Template("{% field bound %}").render(Context({"bound": form[name]}))


@pytest.mark.req("P-21")
@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("text", "甲", "甲"),
        ("text", "", "--"),
        ("text", None, "--"),
        ("bool", True, "是"),
        ("bool", False, "否"),
        ("bool", None, "--"),
        ("int", 0, "0"),
        ("date", date(2026, 11, 20), "2026-11-20"),
        ("text", "<b>", "&lt;b&gt;"),
        ("id_number", "110199********2747", "110199********2747"),
    ],
)
def test_what_cannot_be_edited_is_text(kind, value, shown):
    html = drawn(DeclaredForm({"x": of(kind)}, readonly={"x"}, initial={"x": value}))
    assert f'<div class="xl-value" id="id_x">{shown}</div>' in html
    assert "<input" not in html
    assert "xl-must" not in html


@pytest.mark.parametrize("how", [{"readonly": {"x"}}, {}])
def test_what_cannot_be_edited_is_never_taken_from_the_request(how):
    declaration = of("mobile", derived=not how)
    form = DeclaredForm({"x": declaration}, {"x": "13900000000"}, initial={"x": "139****1111"}, **how)
    assert form.is_valid(), "a masked value is not judged"
    assert form.changed_values() == {}


@pytest.mark.parametrize(
    ("options", "star"), [({}, False), ({"mandatory": {"x"}}, True), ({"required": {"x"}}, True),
                          ({"mandatory": {"x"}, "readonly": {"x"}}, False)]
)  # fmt: skip
@pytest.mark.parametrize("kind", ["text", "date", "bool"])
def test_what_must_be_filled_in_has_a_star_for_eye_and_ear(options, star, kind):
    html = drawn(DeclaredForm({"x": of(kind)}, **options))
    assert ('<span class="xl-must" aria-hidden="true">*</span>' in html) is star
    assert ("（必填）" in html) is star


def test_own_choices_without_a_table():
    form = filled(of("code"), "b", choices={"x": [("a", "甲"), ("b", "乙")]})
    assert form.is_valid()
    assert list(form.fields["x"].choices) == [("", "请选择"), ("a", "甲"), ("b", "乙")]
    assert refused(of("code"), "c", choices={"x": [("a", "甲")]}) == "没有这一项，请从列表里选。"


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "stored"), [("1", "1"), ("男性", "1"), (" 女性 ", "2"), ("", "")])
def test_a_code_may_be_typed_by_its_label(typed, stored):
    assert taken(of("code", code_table="sex"), typed) == stored


@pytest.mark.django_db
def test_a_strange_code_is_refused_with_the_nearest_or_with_the_list():
    assert refused(of("code", code_table="sex"), "女姓") == "没有“女姓”这一项，是不是“女性”？"
    assert refused(of("code", code_table="sex"), "xyzzy") == "没有“xyzzy”这一项，请从列表里选。"


def test_issues_of_a_check_go_where_they_belong():
    form = DeclaredForm({"x": of("text"), "y": of("text")}, {"x": "a", "y": "b"})
    form.add_issues([
        Issue("x", "太短", suggestion="甲"), Issue("y", "与别人相同", "warning"), Issue("", "整条", "warning"),
        Issue("z", "不在这张表上"),
    ])  # fmt: skip
    assert form.errors["x"] == ["太短（建议：甲）"]
    assert "y" not in form.errors
    assert form.warnings == {"y": ["与别人相同"], "": ["整条"]}
    assert form.non_field_errors() == ["不在这张表上"]
    assert not form.is_valid()


def test_a_form_of_warnings_only_may_be_saved():
    form = DeclaredForm({"x": of("text")}, {"x": "a"})
    form.add_issues([Issue("x", "请核对", "warning")])
    assert form.is_valid()


@STILL
@given(
    text=st.text(max_size=60), kind=st.sampled_from(["text", "name", "mobile", "uscc", "email", "int", "bool", "date"])
)
def test_whatever_is_sent_is_taken_or_refused_in_chinese_and_never_raises(text, kind):
    form = filled(of(kind, max_length=40), text)
    if not form.is_valid():
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in said) for said in form.errors["x"])
    assert "<script" not in drawn(form)


@STILL
@given(born=st.dates(date(1950, 1, 1), date(2005, 1, 1)), serial=st.integers(0, 999))
def test_an_id_number_is_stored_half_width_in_capitals(born, serial):
    number = id_numbers.synthetic("320199", born, serial)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in number.lower())
    assert taken(of("id_number"), f"{wide[:6]} {wide[6:]}") == number


def test_pictures_are_no_fields_of_a_form():
    assert DeclaredForm({"x": of("image"), "y": of("text")}).fields.keys() == {"y"}
    with pytest.raises(ValueError, match="uploaded, not typed"):
        form_field(of("image"))


def test_a_code_without_table_and_choices_is_plain_text():
    assert isinstance(form_field(of("code")), forms.CharField)
