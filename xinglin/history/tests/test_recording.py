"""History rows: what they hold, what is sealed in them, and who reads them."""

from dataclasses import replace

import pytest
from django.db import transaction

from xinglin.history import selectors
from xinglin.history.actions import Entry, forget_lookup, record
from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import UnscopedQuery
from xinglin.kernel.viewer import Viewer
from xinglin.vault.actions import destroy_key, new_key
from xinglin.vault.hashing import keyed_hash

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-16")]
BASE = Viewer(
    user_id=5, user_name="何嘉树", grant_id=9, role="base_admin", role_label="培训基地管理员", organization_id=7,
    organization_name="澜江医院", organization_path="/1/3/7/", source="import",
)  # fmt: skip
SECRETS = ("江明澈", "32019919980214001X", "19000000003", "手机号写错了")


def entry(**fields):
    fields.setdefault("organization_path", "/1/3/7/")
    return Entry(verb="person.save.basic_info", subject_type="person", subject_id=41, **fields)


def sealed_entry(key, **fields):
    return entry(
        key=key, who={"name": SECRETS[0], "id_number": SECRETS[1]}, changes={"民族": ["--", "汉族"]},
        sealed_changes={"手机": ["--", SECRETS[2]]}, reason=SECRETS[3], lookup=keyed_hash("id_number", SECRETS[1]),
        **fields,
    )  # fmt: skip


def test_a_row_tells_who_acted_from_where_on_what():
    full = entry(
        update_type="changed", organization_name="澜江医院", province_id=3, province_name="澜江省", track="western",
        person_id=41, parent_type="enrollment", parent_id=77, facts={"batch": 1}, changes={"民族": ["--", "汉族"]},
    )  # fmt: skip
    record([full], by=BASE)
    row = HistoryEntry.unscoped.get()
    assert (row.actor_user_id, row.actor_name, row.actor_role) == (5, "何嘉树", "base_admin")
    assert (row.actor_organization_id, row.actor_organization_name) == (7, "澜江医院")
    assert (row.source, row.request_id) == ("import", BASE.request_id)
    assert (row.verb, row.update_type) == ("person.save.basic_info", "changed")
    assert (row.subject_type, row.subject_id, row.parent_type, row.parent_id) == ("person", "41", "enrollment", "77")
    assert (row.organization_path, row.organization_name) == ("/1/3/7/", "澜江医院")
    assert (row.province_id, row.province_name, row.track, row.person_id) == (3, "澜江省", "western", 41)
    assert row.facts == {"batch": 1} and row.changes == {"民族": ["--", "汉族"]}
    assert row.key_id is None and bytes(row.sealed) == b"" and row.lookup == ""


@pytest.mark.req("Q-12")
def test_sealed_values_stand_in_no_column_as_they_are():
    record([sealed_entry(new_key("person"))], by=BASE)
    row = HistoryEntry.unscoped.values().get()
    everything = repr({**row, "sealed": None}) + bytes(row["sealed"]).decode("latin-1")
    plain = bytes(row["sealed"])
    for secret in SECRETS:
        assert secret not in everything and secret.encode() not in plain
    assert "汉族" in everything


@pytest.mark.req("Q-12")
def test_a_reason_is_sealed_with_a_key_and_told_in_facts_without():
    key = new_key("person")
    record([entry(key=key, reason="本人要求"), entry(reason="停用", facts={"a": 1})], by=BASE)
    with_key, without = HistoryEntry.unscoped.order_by("id")
    assert with_key.facts == {} and without.facts == {"a": 1, "reason": "停用"}
    assert [opened.reason for opened in selectors.open_entries([with_key, without])] == ["本人要求", "停用"]


def test_opening_joins_plain_and_sealed_changes(django_assert_num_queries):
    keys = [new_key("person") for _ in range(3)]
    record([sealed_entry(key) for key in keys], by=BASE)
    rows = list(HistoryEntry.unscoped.all())
    with django_assert_num_queries(1):
        opened = selectors.open_entries(rows)
    for one in opened:
        assert one.who == {"name": SECRETS[0], "id_number": SECRETS[1]} and one.reason == SECRETS[3]
        assert one.changes == {"民族": ["--", "汉族"], "手机": ["--", SECRETS[2]]}


@pytest.mark.req("Q-12")
def test_after_the_key_is_destroyed_the_row_stands_and_shows_nothing_of_the_person():
    key = new_key("person")
    record([sealed_entry(key)], by=BASE)
    before = HistoryEntry.unscoped.values().get()
    destroy_key(key)
    (opened,) = selectors.open_entries(list(HistoryEntry.unscoped.all()))
    assert (opened.who, opened.reason) == ({"name": "已删除"}, "") and opened.changes == {"民族": ["--", "汉族"]}
    assert HistoryEntry.unscoped.values().get() == before


@pytest.mark.req("Q-10")
def test_each_viewer_reads_its_subtree_track_or_own_rows():
    places = [("/1/3/7/", "western", 41), ("/1/3/7/", "tcm", 42), ("/1/3/70/", "western", 43), ("/1/4/8/", "", 44)]
    record([entry(organization_path=p, track=t, person_id=person) for p, t, person in places], by=BASE)

    def seen(viewer):
        return sorted(selectors.entries(viewer).values_list("person_id", flat=True))

    assert seen(BASE) == [41, 42]
    assert seen(replace(BASE, track="western")) == [41]
    assert seen(replace(BASE, organization_path="/1/3/")) == [41, 42, 43]
    assert seen(Viewer.system("all")) == [41, 42, 43, 44]
    assert seen(replace(BASE, organization_path="")) == []
    assert seen(replace(BASE, is_person=True, person_id=43)) == [43]
    with pytest.raises(UnscopedQuery):
        HistoryEntry.objects.all()


def test_entries_of_a_subject_come_newest_first():
    record([entry(), entry(), Entry("x", "person", 410, "/1/3/7/"), Entry("x", "window", 41, "/1/3/7/")], by=BASE)
    found = list(selectors.of_subject(BASE, "person", 41).values_list("id", flat=True))
    assert len(found) == 2 and found == sorted(found, reverse=True)


@pytest.mark.req("Q-12")
def test_history_falls_with_the_action_that_failed():
    with transaction.atomic():
        record([entry()], by=BASE)
        transaction.set_rollback(True)
    assert not HistoryEntry.unscoped.exists()


def test_no_entries_write_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        record([], by=BASE)


def test_many_entries_are_one_statement(django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        record([entry() for _ in range(500)], by=BASE)
    assert HistoryEntry.unscoped.count() == 500


@pytest.mark.req("Q-12")
def test_a_persons_own_act_is_signed_without_the_name_which_goes_with_the_key():
    own = replace(BASE, user_name=SECRETS[0], role="resident", is_person=True, person_id=41)
    key = new_key("person")
    record([sealed_entry(key)], by=own)
    row = HistoryEntry.unscoped.get()
    assert row.actor_name == "本人" and row.actor_user_id == own.user_id
    assert SECRETS[0] not in repr(HistoryEntry.unscoped.values().get())
    (opened,) = selectors.open_entries([row])
    assert opened.actor == SECRETS[0]
    destroy_key(key)
    (opened,) = selectors.open_entries([row])
    assert opened.actor == "已删除"


def test_other_actors_are_told_by_their_name():
    record([sealed_entry(new_key("person")), entry()], by=BASE)
    assert [opened.actor for opened in selectors.open_entries(list(HistoryEntry.unscoped.all()))] == ["何嘉树"] * 2


def test_an_own_act_about_nothing_sealed_says_self():
    record([entry()], by=replace(BASE, is_person=True))
    assert selectors.open_entries(list(HistoryEntry.unscoped.all()))[0].actor == "本人"


@pytest.mark.req("Q-12")
def test_the_lookup_of_one_person_is_forgotten_and_nothing_else_changes():
    keys = [new_key("person") for _ in range(2)]
    other = Entry("x", "person", 42, "/1/3/7/", person_id=42, key=keys[1], lookup=keyed_hash("id_number", "andere"))
    record([sealed_entry(keys[0], person_id=41), sealed_entry(keys[0]), other], by=BASE)
    before = list(HistoryEntry.unscoped.order_by("id").values())
    assert forget_lookup(41, keyed_hash("id_number", SECRETS[1])) == 2
    after = list(HistoryEntry.unscoped.order_by("id").values())
    assert [row.pop("lookup") for row in after] == ["", "", other.lookup]
    assert after == [{k: v for k, v in row.items() if k != "lookup"} for row in before]
