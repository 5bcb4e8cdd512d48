"""P-10, P-16: reading codes, and the nearest legal value."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xinglin.dictionaries import selectors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("table", "typed", "code"),
    [
        ("sex", "男性", "1"),
        ("sex", " 女 ", "2"),
        ("ethnic_group", "汉", "01"),
        ("id_type", "居民身份证", "01"),
        ("id_type", "01", "01"),
        ("id_type", "０１", "01"),
        ("id_type", "身份证", None),
        ("specialty", "外科(神经外科方向)", "1000"),
        ("specialty", "内科学", None),
        ("specialty", "预防医学科", None),
        ("personnel_type", "委派（委托）单位住院医师", "sponsored"),
        ("personnel_type", "本单位人", "own_employee"),
        ("division", "北京", "110000"),
        ("division", "河北省石家庄市长安区", "130102"),
        ("division", "长安区", None),
        ("division", "110101", "110101"),
        ("division", "北京市市辖区", None),
        ("yes_no", 1, "1"),
        ("yes_no", None, None),
        ("yes_no", "", None),
    ],
)
def test_code_for(table, typed, code):
    assert selectors.code_for(table, typed) == code


@pytest.mark.parametrize(
    ("table", "typed", "label"),
    [
        ("id_type", "身份证", "居民身份证"),
        ("specialty", "内科学", "内科"),
        ("specialty", "内可", "内科"),
        ("specialty", "麻醉学科", "麻醉科"),
        ("specialty", "耳鼻喉科", "耳鼻咽喉科"),
        ("specialty", "妇产科科", "妇产科"),
        ("specialty", "外科（神经外科）", "外科（神经外科方向）"),
        ("specialty", "内科", "内科"),
        ("personnel_type", "社会人员", "面向社会招收住院医师"),
        ("ethnic_group", "维吾尔", "维吾尔族"),
        ("ethnic_group", "土家簇", "土家族"),
        ("division", "石家庄市长安区", "河北省石家庄市长安区"),
        ("division", "河北石家庄", "河北省石家庄市"),
        ("nationality", "中华人民共和国", "中国大陆"),
        ("specialty", "天文学", None),
        ("division", "新华区", None),
        ("division", "河北新华区", None),
        ("sex", "🙂", None),
        ("sex", "", None),
    ],
)
def test_nearest(table, typed, label):
    assert selectors.nearest(table, typed) == label


def test_retired_codes_are_readable_but_not_choosable():
    assert selectors.label("specialty", "2700") == "预防医学科"
    assert "2700" not in dict(selectors.choices("specialty"))
    assert "2700" in dict(selectors.choices("specialty", include_retired=True))
    assert "2700" in selectors.codes("specialty")


def test_labels_of_unknown_and_empty_codes():
    assert selectors.label("sex", "7") == "7"
    assert selectors.label("sex", None) == ""
    assert selectors.short_label("personnel_type", "professional_master") == "在校专硕"
    assert selectors.short_label("specialty", "0100") == "内科"
    assert selectors.entry("specialty", "Z100").extra["track"] == "tcm"


def test_tree():
    assert "北京市" in [entry.label for entry in selectors.children("division", "")]
    assert selectors.children("division", "110100")[0].code == "110101"
    assert "03.04" in [entry.code for entry in selectors.children("medical_subject", "03")]


def test_an_unknown_table_is_a_fault_of_the_programmer():
    with pytest.raises(selectors.UnknownTable):
        selectors.labels("weather")


def test_codes_and_nearest_labels_are_found_without_asking_the_database(django_assert_num_queries, settings):
    settings.DICTIONARY_POLL_SECONDS = None
    labels = list(selectors.labels("division").values())
    with django_assert_num_queries(0):
        for label in labels:
            selectors.code_for("division", label)
        for number in range(20):
            selectors.nearest("division", f"山西省太原市小店区{number}号")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(table=st.sampled_from(["specialty", "id_type", "division", "degree"]), data=st.data())
def test_every_label_finds_its_own_code_in_any_width(table, data):
    code, label = data.draw(st.sampled_from(selectors.choices(table)))
    assert selectors.code_for(table, f" {label}\u00a0") == code
    assert selectors.code_for(table, label.replace("（", "(").replace("）", ")")) == code
    assert selectors.nearest(table, label) == label


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.text(max_size=20))
def test_anything_typed_gives_a_label_of_the_table_or_nothing(typed):
    found = selectors.nearest("specialty", typed)
    assert found is None or found in dict(selectors.choices("specialty")).values()


@pytest.mark.req("P-10")
def test_a_group_that_is_no_place_is_looked_through():
    below = [entry.code for entry in selectors.children("division", "110000")]
    assert "110101" in below
    assert "110100" not in below
    assert selectors.parent_of("division", selectors.entry("division", "110101")) == "110000"
    assert selectors.parent_of("division", selectors.entry("division", "130102")) == "130100"
