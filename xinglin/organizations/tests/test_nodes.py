"""Editing a node: who, what, what is taken, what the history says (P-01, Q-10)."""

from __future__ import annotations

import pytest

from xinglin.history.models import HistoryEntry
from xinglin.kernel import uscc
from xinglin.kernel.errors import NotAllowed, Refused, Stale
from xinglin.organizations import actions, rules
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Organization
from xinglin.organizations.tests.trees import SYSTEM, make_node, make_tree, viewer_at
from xinglin.vault.hashing import keyed_hash

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-01")]
CODE = uscc.synthetic("320199", 4_711)
OTHER = uscc.synthetic("320199", 4_712)


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def admin(tree):
    return viewer_at(tree.province, "organizations.edit")


@pytest.fixture
def base_admin(tree):
    return viewer_at(tree.base, "organizations.edit_own")


def last_entry(node):
    return HistoryEntry.unscoped.filter(organization_path=node.path).order_by("-id").first()


@pytest.mark.parametrize(("field", "given", "kept", "label"), [
    ("name", " 云汀市　第一人民医院 ", "云汀市 第一人民医院", "名称"),
    ("name", "云汀市第一人民医院Ａ区", "云汀市第一人民医院A区", "名称"),
    ("short_name", "市一院", "市一院", "简称"),
    ("code", "yt-001", "YT-001", "代码"),
    ("code", "ＹＴ００１", "YT001", "代码"),
    ("uscc", CODE.lower(), CODE, "统一社会信用代码"),
    ("uscc", f" {CODE[:8]} {CODE[8:]}", CODE, "统一社会信用代码"),
    ("contact_name", " 教学 办公室 ", "教学 办公室", "联系人"),
])  # fmt: skip
def test_a_fact_is_tidied_kept_and_recorded(tree, admin, field, given, kept, label):
    before = getattr(tree.base, field)
    assert actions.edit_organization(tree.base, {field: given}, by=admin)
    tree.base.refresh_from_db()
    assert getattr(tree.base, field) == kept
    entry = last_entry(tree.base)
    assert (entry.verb, entry.update_type, entry.changes) == ("organization.edit", "changed", {label: [before, kept]})
    assert (entry.actor_name, entry.actor_organization_name) == (admin.user_name, admin.organization_name)
    assert (entry.parent_type, entry.parent_id) == ("organization", str(tree.base.pk))


def test_a_division_is_told_with_its_label(tree, admin):
    actions.edit_organization(tree.base, {"division": "110101"}, by=admin)
    tree.base.refresh_from_db()
    assert tree.base.division == "110101"
    assert last_entry(tree.base).changes["行政区划"][1].endswith("（110101）")


def test_what_is_not_given_stays_and_an_empty_text_empties(tree, admin):
    actions.edit_organization(tree.base, {"short_name": "甲", "contact_name": "乙"}, by=admin)
    actions.edit_organization(tree.base, {"short_name": ""}, by=admin)
    tree.base.refresh_from_db()
    assert (tree.base.short_name, tree.base.contact_name) == ("", "乙")


def test_nothing_new_writes_nothing(tree, admin):
    rows = HistoryEntry.unscoped.count()
    assert not actions.edit_organization(tree.base, {"name": tree.base.name, "code": ""}, by=admin)
    assert HistoryEntry.unscoped.count() == rows


@pytest.mark.parametrize(("values", "words"), [
    ({"name": ""}, "请填写名称"),
    ({"name": " 　"}, "请填写名称"),
    ({"name": "长" * 101}, "最多 100 个字"),
    ({"short_name": "长" * 41}, "最多 40 个字"),
    ({"contact_name": "长" * 51}, "最多 50 个字"),
    ({"code": "一院"}, "代码只能有字母、数字和短横线"),
    ({"code": "-A"}, "代码只能有字母、数字和短横线"),
    ({"code": "A" * 21}, "最多 20 位"),
    ({"uscc": CODE[:-1]}, "少 1 位"),
    ({"uscc": CODE[:-1] + ("0" if CODE[-1] != "0" else "1")}, "校验位不对，应为"),
    ({"uscc": "I" + CODE[1:]}, "不使用字母 I、O、S、V、Z"),
    ({"division": "999999"}, "行政区划代码表里没有 999999"),
    ({"contact_phone": "12345"}, "应为 11 位"),
    ({"contact_phone": "10012345678"}, "应以 13 至 19 开头"),
])  # fmt: skip
def test_a_wrong_value_is_refused_at_its_field(tree, admin, values, words):
    with pytest.raises(Refused, match=words) as refusal:
        actions.edit_organization(tree.base, values, by=admin)
    assert refusal.value.field == next(iter(values))
    assert Organization.unscoped.filter(pk=tree.base.pk, name=tree.base.name, uscc="").exists()


@pytest.mark.parametrize(("field", "value"), [("name", "同名医院"), ("code", "AB01"), ("uscc", CODE)])
def test_what_another_node_has_is_refused_with_its_name(tree, admin, field, value):
    Organization.unscoped.filter(pk=tree.bases[2].pk).update(**{field: value})
    with pytest.raises(Refused) as refusal:
        actions.edit_organization(tree.base, {field: value}, by=admin)
    assert refusal.value.field == field
    told = "同名医院" if field == "name" else tree.bases[2].name
    assert told in refusal.value.message
    with pytest.raises(Refused):
        actions.create_organization(tree.province, kind=Kind.HOSPITAL, **{"name": "另一家", field: value}, by=admin)


def test_one_keeps_its_own_name_code_and_uscc(tree, admin):
    actions.edit_organization(tree.base, {"code": "AB01", "uscc": CODE}, by=admin)
    assert actions.edit_organization(tree.base, {"code": "ab01", "uscc": CODE, "short_name": "甲"}, by=admin)


def test_a_division_of_another_province_is_refused(tree, admin):
    Organization.unscoped.filter(pk=tree.province.pk).update(division="320000", short_name="甲省")
    tree.base.refresh_from_db()
    with pytest.raises(Refused, match="不在甲省之内") as refusal:
        actions.edit_organization(tree.base, {"division": "110101"}, by=admin)
    assert refusal.value.field == "division"
    assert actions.edit_organization(tree.base, {"division": "320100"}, by=admin)


def test_a_province_may_have_any_division(tree):
    association = viewer_at(tree.association, "organizations.edit")
    assert actions.edit_organization(tree.province, {"division": "320000"}, by=association)


class TestPhone:
    def test_only_hash_and_mask_are_kept(self, tree, admin):
        actions.edit_organization(tree.base, {"contact_phone": "+86 190 0000 1234"}, by=admin)
        tree.base.refresh_from_db()
        assert tree.base.contact_phone_hash == keyed_hash("phone", "19000001234")
        assert tree.base.contact_phone_masked == "190****1234"
        stored = str(list(Organization.unscoped.filter(pk=tree.base.pk).values_list()))
        assert "19000001234" not in stored

    def test_the_history_has_the_mask(self, tree, admin):
        actions.edit_organization(tree.base, {"contact_phone": "19000001234"}, by=admin)
        assert last_entry(tree.base).changes == {"联系电话": ["", "190****1234"]}

    def test_an_empty_phone_keeps_the_old_one(self, tree, admin):
        actions.edit_organization(tree.base, {"contact_phone": "19000001234"}, by=admin)
        assert not actions.edit_organization(tree.base, {"contact_phone": " "}, by=admin)
        assert not actions.edit_organization(tree.base, {"contact_phone": "19000001234"}, by=admin)

    def test_another_number_with_the_same_mask_is_told(self, tree, admin):
        actions.edit_organization(tree.base, {"contact_phone": "19000001234"}, by=admin)
        assert actions.edit_organization(tree.base, {"contact_phone": "19011111234"}, by=admin)
        assert last_entry(tree.base).changes == {"联系电话": ["190****1234", "190****1234（另一号码）"]}


class TestRights:
    def test_nobody_edits_without_the_right(self, tree, base_admin):
        for viewer in (base_admin, viewer_at(tree.province), viewer_at(tree.ministry)):
            with pytest.raises(NotAllowed):
                actions.edit_organization(tree.base, {"short_name": "甲"}, by=viewer)

    def test_nobody_edits_another_province(self, tree, admin):
        with pytest.raises(NotAllowed, match="不在您的管理范围内"):
            actions.edit_organization(tree.bases[2], {"short_name": "甲"}, by=admin)

    def test_a_province_does_not_edit_what_is_above(self, tree, admin):
        for node in (tree.association, tree.ministry):
            with pytest.raises(NotAllowed):
                actions.edit_organization(node, {"short_name": "甲"}, by=admin)

    def test_the_association_edits_every_province(self, tree):
        association = viewer_at(tree.association, "organizations.edit")
        for node in (*tree.bases, tree.province, tree.other_province):
            assert actions.edit_organization(node, {"short_name": "甲"}, by=association)

    def test_a_base_keeps_up_its_contact_and_nothing_else(self, tree, base_admin):
        assert actions.edit_contact(tree.base, contact_name="住培办", contact_phone="19000001234", by=base_admin)
        tree.base.refresh_from_db()
        assert (tree.base.contact_name, tree.base.contact_phone_masked) == ("住培办", "190****1234")
        with pytest.raises(NotAllowed):
            actions.edit_contact(tree.sibling, contact_name="甲", by=base_admin)

    def test_the_administrator_may_edit_the_contact_too(self, tree, admin):
        assert actions.edit_contact(tree.base, contact_name="住培办", by=admin)
        with pytest.raises(NotAllowed):
            actions.edit_contact(tree.bases[3], contact_name="住培办", by=admin)


class TestTwoAtOnce:
    def test_the_second_is_told_and_nothing_is_lost(self, tree, admin):
        seen = rules.token_of(tree.base)
        assert actions.edit_organization(tree.base, {"short_name": "先"}, by=admin, seen=seen)
        with pytest.raises(Stale, match="刚刚被别人改过"):
            actions.edit_organization(tree.base, {"short_name": "后"}, by=admin, seen=seen)
        tree.base.refresh_from_db()
        assert tree.base.short_name == "先"
        assert actions.edit_organization(tree.base, {"short_name": "后"}, by=admin, seen=rules.token_of(tree.base))

    def test_the_contact_is_guarded_alike(self, tree, admin, base_admin):
        seen = rules.token_of(tree.base)
        actions.edit_organization(tree.base, {"contact_phone": "19000001234"}, by=admin)
        with pytest.raises(Stale):
            actions.edit_contact(tree.base, contact_name="甲", by=base_admin, seen=seen)

    def test_every_editable_fact_is_in_the_token(self, tree):
        first = rules.token_of(tree.base)
        for name in ("name", "short_name", "code", "uscc", "division", "contact_name", "contact_phone_hash"):
            before = getattr(tree.base, name)
            setattr(tree.base, name, "别的")
            assert rules.token_of(tree.base) != first, name
            setattr(tree.base, name, before)
        assert rules.token_of(tree.base) == first


@pytest.mark.parametrize(("kind", "parent", "fits"), [
    (Kind.HOSPITAL, "province", True),
    (Kind.CITY, "province", True),
    (Kind.COUNTY, "province", True),
    (Kind.PROVINCE, "association", True),
    (Kind.PROVINCE, "province", False),
    (Kind.HOSPITAL, "association", False),
    (Kind.HOSPITAL, "base", False),
    (Kind.CITY, "association", False),
])  # fmt: skip
def test_each_kind_hangs_where_it_belongs(tree, kind, parent, fits):
    association = viewer_at(tree.association, "organizations.edit")
    node = getattr(tree, parent)
    if not fits:
        with pytest.raises(Refused, match="不能设在") as refusal:
            actions.create_organization(node, kind=kind, name="新单位", by=association)
        assert refusal.value.field == "kind"
        return
    made = actions.create_organization(node, kind=kind, name="新单位", by=association)
    assert made.path == f"{node.path}{made.pk}/"
    assert made.province_id == (made.pk if kind == Kind.PROVINCE else tree.province.pk)
    assert last_entry(made).changes["类别"] == ["", Kind(kind).label]


def test_the_whole_chain_down_to_a_hospital():
    """ministry → association → province → city → county → hospital, each below the one before."""
    node, chain = None, []
    for kind in Kind:
        node = make_node(node, kind)
        chain.append(node)
    assert [row.path for row in chain] == ["/" + "/".join(str(c.pk) for c in chain[: n + 1]) + "/" for n in range(6)]
    assert {row.province_id for row in chain[2:]} == {chain[2].pk}
    assert [row.province_id for row in chain[:2]] == [None, None]
    renamed = actions.edit_organization(chain[-1], {"name": "最末一级医院"}, by=SYSTEM)
    assert renamed and Organization.unscoped.get(pk=chain[-1].pk).path == chain[-1].path
