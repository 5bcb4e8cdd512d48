"""Forms from declarations, and what a field says (P-18, P-21, P-23, P-25)."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from xinglin.kernel.declarations import Declaration
from xinglin.kernel.issues import Issue
from xinglin.ui.forms import DeclaredForm, form_field

pytestmark = pytest.mark.django_db

NAME = Declaration("name", "姓名", "name", max_length=50, help="与证件一致")
PHONE = Declaration("phone", "手机", "mobile", max_length=20, example="13900000000")
SEX = Declaration("sex", "性别", "code", code_table="sex")
BORN = Declaration("born", "出生日期", "date")
RURAL = Declaration("rural", "农村订单定向", "bool")
PLACE = Declaration("place", "户口所在地", "code", code_table="division", max_length=12)
YEARS = Declaration("years", "年限", "int")
MAIL = Declaration("mail", "电子邮箱", "email", max_length=100)
LONG = Declaration("note", "说明", "text", max_length=500)
PHOTO = Declaration("photo", "照片", "image")
ALL = {d.name: d for d in (NAME, PHONE, SEX, BORN, RURAL, PLACE, YEARS, MAIL, LONG, PHOTO)}


def form(data: dict[str, Any] | None = None, **options: Any) -> DeclaredForm:
    return DeclaredForm(ALL, data, **options)


def drawn(bound: forms.BoundField, tag: str = "{% field bound %}") -> str:
    return Template(tag).render(Context({"bound": bound}))


def test_kinds_become_fields() -> None:
    kinds = {name: type(field).__name__ for name, field in form().fields.items()}
    assert kinds == {
        "name": "CleanedField", "phone": "CleanedField", "sex": "CodeField", "born": "DateField", "rural": "YesNoField",
        "place": "CodeField", "years": "IntegerField", "mail": "EmailField", "note": "CleanedField",
    }  # fmt: skip


def test_pictures_are_uploaded_not_typed() -> None:
    with pytest.raises(ValueError, match="uploaded"):
        form_field(PHOTO)


@pytest.mark.req("P-25")
def test_values_are_cleaned() -> None:
    filled = form(
        {
            "name": " 林知夏 ",
            "phone": "+86 139 0000 0000",
            "sex": "女性",
            "rural": "0",
            "years": "3",
            "born": "2001-05-16",
        }
    )
    assert filled.is_valid(), filled.errors
    values = filled.changed_values()
    assert (values["name"], values["phone"], values["rural"], values["years"]) == ("林知夏", "13900000000", False, 3)
    assert values["sex"].isdigit()
    assert values["mail"] == ""


def test_reasons_are_chinese() -> None:
    filled = form({"phone": "1390000", "sex": "女姓", "born": "2001-13-01", "years": "三", "mail": "x"})
    said = {name: errors[0] for name, errors in filled.errors.items()}
    assert set(said) == {"phone", "sex", "born", "years", "mail"}
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in words) for words in said.values())
    assert "女" in said["sex"]


def test_own_choices_replace_the_table() -> None:
    chosen = form(choices={"sex": [("9", "某科")]}).fields["sex"].choices
    assert list(chosen) == [("", "请选择"), ("9", "某科")]


def test_long_table_becomes_linked_lists() -> None:
    html = drawn(form(initial={"place": "110101"})["place"])
    assert 'data-cascade="/codes/division"' in html
    assert "<select" not in html


@pytest.mark.req("P-23")
def test_draft_is_saved_without_mandatory_fields() -> None:
    filled = form({}, mandatory={"name"})
    assert filled.is_valid()
    assert "xl-must" in drawn(filled["name"])
    assert "xl-must" not in drawn(filled["phone"])
    assert "name" in form({}, required={"name"}).errors


def test_readonly_fields_are_shown_and_never_taken() -> None:
    filled = form({"name": "偷改"}, readonly={"name", "rural", "sex"}, initial={"name": "林知夏", "rural": True})
    assert filled.is_valid()
    assert "name" not in filled.changed_values()
    html = drawn(filled["name"])
    assert "<input" not in html
    assert "林知夏" in html
    assert "是" in drawn(filled["rural"])
    assert "--" in drawn(filled["sex"])


def test_error_replaces_help_and_is_tied_to_the_field() -> None:
    assert 'aria-describedby="id_name-help"' in drawn(form()["name"])
    html = drawn(form({"name": "a" * 60})["name"])
    assert 'aria-describedby="id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert "与证件一致" not in html


def test_comment_of_a_return_stands_at_its_field() -> None:
    html = drawn(form(comments={"phone": "基地：少 1 位"})["phone"])
    assert "基地：少 1 位" in html
    assert "is-invalid" in html


def test_issues_are_put_at_their_fields() -> None:
    filled = form({"name": "林知夏"})
    filled.add_issues([
        Issue("phone", "没有填写"), Issue("mail", "与别人相同", "warning"), Issue("gone", "整条不对", suggestion="改成甲"),
    ])  # fmt: skip
    assert filled.errors["phone"] == ["没有填写"]
    assert filled.non_field_errors() == ["整条不对（建议：改成甲）"]
    assert "与别人相同" in drawn(filled["mail"])
    summary = Template("{% error_summary form %}").render(Context({"form": filled}))
    assert 'href="#id_phone"' in summary
    assert "整条不对" in summary


def test_the_summary_is_in_the_order_of_the_fields() -> None:
    filled = form({"name": "1", "phone": "2"})
    filled.full_clean()
    filled.errors["name"] = filled.errors.pop("name")
    summary = Template("{% error_summary form %}").render(Context({"form": filled}))
    assert 0 < summary.index("#id_name") < summary.index("#id_phone")


def test_conditions_are_handed_to_the_script() -> None:
    assert 'data-show-when="sex=1"' in drawn(form(show_when={"note": "sex=1"})["note"])


def test_radio_group_is_a_fieldset() -> None:
    html = drawn(form(initial={"rural": False}, mandatory={"rural"})["rural"])
    assert html.count('type="radio"') == 2
    assert "<legend" in html
    assert 'value="0" id="id_rural_1" checked' in html


def test_single_check_box() -> None:
    class Agree(forms.Form):
        agree = forms.BooleanField(label="我已核对")

    assert 'class="form-check-input"' in drawn(Agree()["agree"])


def test_upload_carries_purpose_ratio_and_words() -> None:
    html = Template(
        '{% upload "photo" "person.photo" "个人照片" ratio="35/45" help="近期免冠" comment="太暗" %}'
    ).render(Context())
    assert 'data-upload="/files/upload"' in html
    assert 'data-ratio="35/45"' in html
    assert "太暗" in html
