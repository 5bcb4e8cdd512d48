"""工作人员账号: a known person is found by ID type and number, and is never changed by it (P-04); base accounts (R-23)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from xinglin.accounts.actions import NewStaff, open_base_accounts, open_staff
from xinglin.accounts.actions import staff as staff_actions
from xinglin.accounts.hashers import Argon2id
from xinglin.accounts.models import CredentialHandout, Grant, HandoutItem, InitialCredential, User
from xinglin.accounts.selectors import coverer_of, grants_of, id_types_of, items_of, known_persons
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.organizations.models import Capability
from xinglin.people.actions import NewPerson
from xinglin.people.models import Person
from xinglin.people.selectors import phone_hash

from .factories import (
    make_organization,
    make_person,
    make_phone,
    make_resident,
    make_staff,
    make_tree,
    set_contact_phone,
    viewer_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-04", "P-05")]
NUMBER = "110199198805160020"


@pytest.fixture
def tree():
    return make_tree()


@pytest.fixture
def base_account(tree):
    return viewer_of(make_staff("base_organization", tree.base))


def somebody(name: str = "程望禾", number: str = "320199199003070011", phone: str = "19012340001", id_type: str = "05"):
    """A passport by default, so that any number will do."""
    return NewPerson(name, id_type, number, phone)


def staff(tree, person: NewPerson | None = None, **words) -> NewStaff:
    return NewStaff(person or somebody(), words.pop("role", "base_admin"), words.pop("at", tree.base), **words)


def as_person(known: Person, **words) -> NewPerson:
    told = {"name": known.name, "id_type": known.id_type, "id_number": known.id_number, "phone": known.phone}
    return NewPerson(**(told | words))


def test_a_new_person_gets_an_account_an_identity_and_an_initial_password(tree, base_account, monkeypatch):
    monkeypatch.setattr(Argon2id, "encode", lambda *_: pytest.fail("a hash was made"))
    opened = open_staff([staff(tree)], by=base_account)
    (user_id,) = opened.user_ids
    user = User.unscoped.select_related("person__key").get(pk=user_id)
    assert (user.person.name, user.person.id_number, user.person.phone) == (
        "程望禾", "320199199003070011", "19012340001",
    )  # fmt: skip
    assert user.sign_in_name is None, "it is chosen at the first sign-in"
    assert [(g.role, g.organization_id) for g in grants_of(user)] == [("base_admin", tree.base.pk)]
    assert InitialCredential.objects.get(user=user).default == "000000"
    assert (opened.new, opened.passwords, opened.handout) == ({user_id}, {}, None)
    assert HistoryEntry.unscoped.get(verb="account_opened").actor_name == tree.base.name


def test_a_known_person_gets_the_identity_on_the_one_account(tree, base_account):
    user = make_resident(tree.sibling)
    before = (user.password, user.sign_in_name, user.person.name, user.person.phone)
    opened = open_staff([staff(tree, as_person(user.person))], by=base_account, hand_out=True)
    assert opened.user_ids == [user.pk]
    assert not opened.new
    assert opened.handout is None, "nothing was issued"
    assert {(g.role, g.organization_id) for g in grants_of(user)} == {
        ("resident", tree.sibling.pk), ("base_admin", tree.base.pk),
    }  # fmt: skip
    fresh = User.unscoped.select_related("person__key").get(pk=user.pk)
    assert (fresh.password, fresh.sign_in_name, fresh.person.name, fresh.person.phone) == before
    assert User.unscoped.filter(person=user.person).count() == 1
    assert not InitialCredential.objects.exists()


def test_a_known_person_without_an_account_gets_the_first_one(tree, base_account):
    person = make_person()
    opened = open_staff([staff(tree, as_person(person))], by=base_account)
    assert User.unscoped.get(person=person).pk in opened.new
    assert Person.unscoped.count() == 1


def test_a_differing_name_is_refused_without_telling_the_name_on_record(tree, base_account):
    user = make_resident(tree.sibling, person=make_person(name="苏嘉树"))
    with pytest.raises(Refused) as refused:
        open_staff([staff(tree, as_person(user.person, name="苏家树"))], by=base_account)
    assert refused.value.field == "name"
    assert "嘉" not in refused.value.message
    assert len(grants_of(user)) == 1


def test_a_differing_phone_changes_nothing_on_record(tree, base_account):
    user = make_resident(tree.sibling)
    open_staff([staff(tree, as_person(user.person, phone="19099990000"))], by=base_account)
    assert Person.unscoped.get(pk=user.person_id).phone_hash == phone_hash(user.person.phone)
    assert len(grants_of(user)) == 2


def test_the_same_number_under_another_type_is_another_person(tree, base_account):
    person = make_person(id_type="05", id_number="E12345678")
    other = as_person(person, id_type="06", name="方清和", phone=make_phone(77))
    assert id_types_of("E12345678") == ["05"]
    open_staff([staff(tree, other)], by=base_account)
    assert sorted(id_types_of("E12345678")) == ["05", "06"]
    assert Person.unscoped.count() == 2


def test_the_same_identity_again_is_refused_and_leaves_nothing_behind(tree, base_account):
    open_staff([staff(tree)], by=base_account)
    with pytest.raises(Refused, match="已有这个身份"):
        open_staff([staff(tree, somebody("梁思远", "E7654321", "19012340002")), staff(tree)], by=base_account)
    assert User.unscoped.filter(person__isnull=False).count() == 1
    assert Person.unscoped.count() == 1


def test_all_or_none(tree, base_account):
    """One refused row of a step takes the others with it: the import has sorted them out before."""
    wrong = staff(tree, somebody("梁思远", "E7654321", "19012340002"), at=tree.sibling)
    with pytest.raises(NotAllowed):
        open_staff([staff(tree), wrong], by=base_account)
    assert not Person.unscoped.exists()


def test_one_new_person_with_two_identities_has_one_account(tree):
    province = viewer_of(make_staff("province_admin", tree.province))
    asked = [staff(tree), staff(tree, at=tree.sibling), staff(tree, track="western")]
    opened = open_staff(asked, by=province)
    assert len(set(opened.user_ids)) == 1
    assert len(opened.new) == 1
    user = User.unscoped.get(pk=opened.user_ids[0])
    assert len(grants_of(user)) == 3
    assert InitialCredential.objects.filter(user=user).count() == 1


def test_ends_are_kept_for_new_and_known_people(tree, base_account):
    end = clock.now() + timedelta(days=40)
    known = make_resident(tree.base)
    asked = [staff(tree, ends_at=end), staff(tree, as_person(known.person), ends_at=end)]
    open_staff(asked, by=base_account)
    assert list(Grant.unscoped.filter(role="base_admin").values_list("ends_at", flat=True)) == [end, end]
    assert Grant.unscoped.get(role="resident").ends_at is None


@pytest.mark.parametrize(
    ("role", "at", "raised", "words"),
    [
        ("base_organization", "base", NotAllowed, "由省级管理员、协会管理员办理"),
        ("province_reviewer", "province", NotAllowed, "由省级管理员、协会管理员办理"),
        ("province_reviewer", "base", Refused, "不能有"),
        ("base_admin", "sibling", NotAllowed, "不归"),
        ("resident", "base", NotAllowed, "招收时导入"),
    ],
)
def test_a_base_opens_its_own_administrators_only(tree, base_account, role, at, raised, words):
    with pytest.raises(raised, match=words):
        open_staff([staff(tree, role=role, at=getattr(tree, at))], by=base_account)
    assert not Person.unscoped.exists()


def test_a_base_that_trains_no_more_opens_nobody(tree, base_account):
    Capability.unscoped.filter(organization=tree.base).update(ends_on=clock.today())
    with pytest.raises(Refused, match="现在不是培训基地"):
        open_staff([staff(tree)], by=base_account)


def test_two_at_once_do_not_make_two_people(tree, base_account, monkeypatch):
    """Between looking and writing somebody else wrote the person: told so, nothing half done."""
    make_resident(tree.sibling, person=make_person(id_type="05", id_number="320199199003070011", name="程望禾"))
    monkeypatch.setattr(staff_actions, "known_persons", lambda pairs: {})
    with pytest.raises(Refused, match="刚才有人用同一个证件号码"):
        open_staff([staff(tree)], by=base_account)
    assert Person.unscoped.count() == 1


def test_a_handout_holds_what_was_issued_for_the_giver(tree, base_account, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    opened = open_staff([staff(tree)], by=base_account, hand_out=True)
    assert opened.handout is not None
    (item,) = items_of(opened.handout)
    assert item.password == opened.passwords[item.user_id]
    assert item.credential is not None and item.credential.verifier
    assert (opened.handout.owner_user_id, opened.handout.grant_id) == (base_account.user_id, base_account.grant_id)
    assert opened.handout.finished_at is not None
    raw = HandoutItem.objects.filter(pk=item.pk).values_list("password", flat=True)[0]
    assert opened.passwords[item.user_id].encode() not in bytes(raw), "kept under the batch's key"


def test_many_are_opened_with_a_bounded_number_of_queries(tree, base_account, django_assert_max_num_queries):
    asked = [staff(tree, somebody("程望禾", f"E{9000000 + n}", make_phone(n))) for n in range(40)]
    with django_assert_max_num_queries(30):
        opened = open_staff(asked, by=base_account)
    assert len(opened.new) == 40
    assert InitialCredential.objects.count() == 40


def test_persons_are_found_by_both_type_and_number(tree):
    person = make_person(id_type="05", id_number="E12345678")
    assert known_persons([("05", "E12345678"), ("06", "E12345678"), ("05", "E0")]) == {("05", "E12345678"): person}
    assert known_persons([]) == {}


# the base's own account


def test_base_accounts_are_opened_in_one_batch_and_refusals_are_named(tree):
    province = viewer_of(make_staff("province_admin", tree.province))
    set_contact_phone(tree.base, "19012340009")
    opened = open_base_accounts([tree.base, tree.sibling], by=province)
    assert opened.handout is not None
    assert [item.user.organization for item in items_of(opened.handout)] == [tree.base]
    assert list(opened.refused) == [tree.sibling.pk]
    assert "没有登记联系电话" in opened.refused[tree.sibling.pk]
    again = open_base_accounts([tree.base], by=province)
    assert again.handout is None
    assert "已经有账号" in again.refused[tree.base.pk]
    assert CredentialHandout.unscoped.count() == 1


def test_random_passwords_need_no_phone(tree, settings):
    settings.XINGLIN_INITIAL_PASSWORDS = "random"
    opened = open_base_accounts([tree.base], by=viewer_of(make_staff("association_admin", tree.association)))
    assert opened.handout is not None
    assert not opened.refused


@pytest.mark.parametrize(
    ("giver", "at", "place"),
    [("province_admin", "province", "foreign_base"), ("base_organization", "base", "sibling"),
     ("province_reviewer", "province", "base"), ("base_admin", "base", "base")],
)  # fmt: skip
def test_base_accounts_are_opened_by_the_level_above_only(tree, giver, at, place):
    with pytest.raises(NotAllowed):
        open_base_accounts([getattr(tree, place)], by=viewer_of(make_staff(giver, getattr(tree, at))))
    assert (
        not User.unscoped.filter(organization=getattr(tree, place))
        .exclude(organization=tree.base if giver == "base_organization" else None)
        .exists()
    )


# who covers


@pytest.mark.parametrize(
    ("places", "coverer"),
    [
        (["base"], "base"),
        (["base", "sibling"], "province"),
        (["base", "province"], "province"),
        (["base", "foreign_base"], "association"),
        (["province", "other_province"], "association"),
        (["base", "association"], "association"),
        (["base", "ministry"], "association"),
        (["ministry"], "association"),
    ],
)
@pytest.mark.req("P-06")
def test_the_lowest_level_that_covers_all_identities_is_named(tree, places, coverer):
    roles = {"base": "base_admin", "sibling": "base_admin", "foreign_base": "base_admin"}
    roles |= {"province": "province_admin", "other_province": "province_admin"}
    roles |= {"association": "association_admin", "ministry": "ministry_reader"}
    grants = []
    for place in places:
        grants += grants_of(make_staff(roles[place], getattr(tree, place)))
    assert coverer_of(grants) == getattr(tree, coverer).name


@pytest.mark.req("P-06")
def test_cities_and_counties_have_no_accounts_and_cover_nobody(tree):
    city = make_organization(tree.province, "city")
    hospitals = [make_organization(city, "hospital") for _ in range(2)]
    grants = [grant for node in hospitals for grant in grants_of(make_staff("base_admin", node))]
    assert coverer_of(grants) == tree.province.name
