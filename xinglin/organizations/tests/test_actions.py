"""Nodes, capabilities, affiliations, specialty bases and departments (P-01 to P-03)."""

from datetime import date

import pytest

from xinglin.history.models import HistoryEntry
from xinglin.kernel import uscc
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.organizations import actions, references, selectors
from xinglin.organizations.enums import CapabilityKind, Kind, Track
from xinglin.organizations.models import Department
from xinglin.organizations.tests.trees import make_tree, viewer_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def province_admin(tree):
    return viewer_at(tree.province, "organizations.edit")


@pytest.fixture
def base_admin(tree):
    return viewer_at(tree.base, "organizations.edit_own")


@pytest.mark.req("P-01")
def test_a_hospital_is_one_node_below_its_province(tree, province_admin):
    code = uscc.synthetic("320199", 77)
    made = actions.create_organization(
        tree.province, kind=Kind.HOSPITAL, name=" 云汀市第二人民医院 ", code="YT02", uscc=code.lower(),
        contact_phone="190 0000 0001", by=province_admin,
    )  # fmt: skip
    assert made.path == f"{tree.province.path}{made.pk}/"
    assert (made.province_id, made.name, made.uscc) == (tree.province.pk, "云汀市第二人民医院", code)
    assert made.contact_phone_masked == "190****0001"
    entry = HistoryEntry.objects.for_system("test").get(subject_type="organization", subject_id=str(made.pk))
    assert entry.changes["名称"] == ["", "云汀市第二人民医院"]


def test_a_second_node_of_the_same_name_is_refused(tree, province_admin):
    with pytest.raises(Refused, match="一家医院只建一个"):
        actions.create_organization(tree.province, kind=Kind.HOSPITAL, name=tree.base.name, by=province_admin)


@pytest.mark.parametrize(("fields", "field"), [
    ({"uscc": "12320199000000770A"}, "uscc"),
    ({"contact_phone": "12345"}, "contact_phone"),
    ({"name": "　"}, "name"),
    ({"kind": Kind.ASSOCIATION}, "kind"),
])  # fmt: skip
def test_what_a_node_must_carry(tree, province_admin, fields, field):
    values = {"kind": Kind.HOSPITAL, "name": "望溪市中心医院"} | fields
    with pytest.raises(Refused) as refusal:
        actions.create_organization(tree.province, by=province_admin, **values)
    assert refusal.value.field == field


def test_nobody_builds_in_a_foreign_province_or_without_the_right(tree, province_admin, base_admin):
    with pytest.raises(NotAllowed):
        actions.create_organization(tree.other_province, kind=Kind.HOSPITAL, name="甲医院", by=province_admin)
    with pytest.raises(NotAllowed):
        actions.create_organization(tree.province, kind=Kind.HOSPITAL, name="甲医院", by=base_admin)


@pytest.mark.req("P-01")
def test_capabilities_are_dated(tree, province_admin):
    start, end = date(2020, 1, 1), date(2022, 1, 1)
    actions.add_capability(
        tree.base, CapabilityKind.TRAINING_BASE, track=Track.TCM, starts_on=start, ends_on=end, by=province_admin
    )
    assert [selectors.is_base(tree.base, "tcm", day) for day in (date(2019, 12, 31), start, end)] == [
        False,
        True,
        False,
    ]
    with pytest.raises(Refused, match="这段时间"):
        actions.add_capability(
            tree.base, CapabilityKind.TRAINING_BASE, track=Track.TCM, starts_on=date(2021, 1, 1), by=province_admin
        )
    actions.add_capability(tree.base, CapabilityKind.TRAINING_BASE, track=Track.TCM, starts_on=end, by=province_admin)
    assert selectors.is_base(tree.base, "tcm")


@pytest.mark.req("P-03")
def test_an_affiliate_serves_several_bases(tree, province_admin):
    unit = actions.create_organization(tree.province, kind=Kind.HOSPITAL, name="柳浦市妇幼保健院", by=province_admin)
    for base in (tree.base, tree.sibling):
        actions.affiliate(base, unit, starts_on=date(2020, 1, 1), by=province_admin)
    assert list(selectors.affiliates(tree.base)) == [unit]
    assert set(selectors.bases_of_affiliate(unit)) == {tree.base, tree.sibling}
    assert not selectors.affiliates(tree.base, date(2019, 1, 1))
    with pytest.raises(Refused, match="已经是"):
        actions.affiliate(tree.base, unit, starts_on=date(2024, 1, 1), by=province_admin)


@pytest.mark.req("P-02")
def test_specialty_bases(tree, province_admin):
    actions.add_specialty_base(tree.base, Track.WESTERN, "0100", 30, by=province_admin)
    assert [row.specialty for row in selectors.specialty_bases(tree.base, "western")] == ["0100"]
    assert not selectors.specialty_bases(tree.base, "tcm")
    for specialty, message in (("0100", "已经有"), ("9999", "没有这个培训专业")):
        with pytest.raises(Refused, match=message):
            actions.add_specialty_base(tree.base, Track.WESTERN, specialty, 30, by=province_admin)


@pytest.fixture
def subjects():
    from xinglin.dictionaries.selectors import choices

    return [code for code, _ in choices("medical_subject")[:3]]


@pytest.mark.req("P-02")
def test_departments_live_and_end(tree, base_admin, subjects):
    made = actions.save_department(tree.base, "心血管内科", subjects[:1], by=base_admin)
    actions.save_department(tree.base, "心内科", subjects[:2], department=made, by=base_admin)
    made.refresh_from_db()
    assert (made.name, made.medical_subjects) == ("心内科", subjects[:2])
    actions.set_department_in_use(made, False, by=base_admin)
    assert not selectors.departments(base_admin, tree.base, all_states=False)
    actions.set_department_in_use(made, True, by=base_admin)
    actions.delete_department(made, by=base_admin)
    assert not selectors.departments(base_admin, tree.base)
    rows = HistoryEntry.objects.visible_to(base_admin).filter(subject_type="department").order_by("id")
    verbs = ["department.save", "department.save", "department.disable", "department.enable", "department.delete"]
    assert [row.verb for row in rows] == verbs


@pytest.mark.req("P-02")
def test_a_department_in_use_is_not_deleted(tree, base_admin, subjects, monkeypatch):
    made = actions.save_department(tree.base, "急诊科", subjects[:1], by=base_admin)
    monkeypatch.setattr(references, "_questions", [lambda department: "3 个轮转段"])
    with pytest.raises(Refused, match="还有3 个轮转段，不能删除"):
        actions.delete_department(made, by=base_admin)
    assert Department.objects.visible_to(base_admin).count() == 1


def test_a_department_belongs_to_its_base(tree, base_admin, subjects):
    with pytest.raises(NotAllowed):
        actions.save_department(tree.sibling, "急诊科", subjects[:1], by=base_admin)
    with pytest.raises(Refused, match="诊疗科目"):
        actions.save_department(tree.base, "急诊科", [], by=base_admin)
