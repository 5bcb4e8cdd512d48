"""Scoped models: no rows without a viewer, and each viewer its own rows."""

from dataclasses import replace
from datetime import date

import pytest
from django.apps import apps
from django.http import Http404

from xinglin.kernel import clock
from xinglin.kernel.errors import UnscopedQuery
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer

Organization = apps.get_model("organizations", "Organization")
Capability = apps.get_model("organizations", "Capability")
Person = apps.get_model("people", "Person")
Enrollment = apps.get_model("residents", "Enrollment")
DataKey = apps.get_model("vault", "DataKey")


def node(pk, parent=None, kind="hospital", province=None):
    above = parent.path if parent else "/"
    return Organization.unscoped.create(
        id=pk, parent=parent, kind=kind, name=f"第{pk}号", path=f"{above}{pk}/", province_id=province,
        code=f"C{pk}", created_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def tree(db):
    """Ids with a common prefix: 91 and 910 are siblings, so that a prefix search without its slash would leak."""
    association = node(1001, kind="association")
    first = node(1002, association, "province", 1002)
    second = node(1003, association, "province", 1003)
    nodes = [association, first, second, node(91, first, province=1002), node(910, first, province=1002)]
    nodes.append(node(92, second, province=1003))
    for hospital in nodes[3:]:
        for track in ("western", "tcm"):
            Capability.unscoped.create(
                organization=hospital, kind="training_base", track=track, starts_on=date(2014, 1, 1)
            )
    return {item.pk: item for item in nodes}


def viewer(organization=None, **more):
    seen = replace(Viewer.system("test"), organization_path=organization.path if organization else "")
    if organization:
        seen = replace(seen, organization_id=organization.pk, organization_kind=organization.kind)
    return replace(seen, **more)


def hospitals(rows):
    return sorted(rows.values_list("organization_id", "track"))


BOTH = ("tcm", "western")


@pytest.mark.req("Q-10")
@pytest.mark.parametrize(
    "ask",
    [
        lambda manager: manager.all(),
        lambda manager: manager.filter(pk=1),
        lambda manager: manager.get(pk=1),
        lambda manager: manager.count(),
        lambda manager: manager.create(),
        lambda manager: manager.in_bulk([1]),
        lambda manager: manager.for_system(""),
    ],
)
def test_a_query_that_names_nobody_raises(ask):
    with pytest.raises(UnscopedQuery):
        ask(Organization.objects)


@pytest.mark.req("Q-10")
def test_django_itself_reads_through_the_plain_manager():
    for model in apps.get_models():
        if hasattr(model, "scope_q"):
            assert model._default_manager.name == model._base_manager.name == "unscoped", model


@pytest.mark.req("P-07", "Q-10")
@pytest.mark.parametrize(
    ("organization", "expected"), [(91, [91]), (910, [910]), (1002, [91, 910]), (1003, [92]), (1001, [91, 92, 910])]
)
def test_an_organisation_sees_its_subtree(tree, organization, expected):
    rows = Capability.objects.visible_to(viewer(tree[organization]))
    assert hospitals(rows) == sorted((pk, track) for pk in expected for track in BOTH)


@pytest.mark.req("P-07")
def test_a_track_is_seen_by_who_has_it(tree):
    rows = Capability.objects.visible_to(viewer(tree[1002], track="tcm"))
    assert hospitals(rows) == [(91, "tcm"), (910, "tcm")]
    assert Organization.objects.visible_to(viewer(tree[91], track="tcm")).get().pk == 91


@pytest.mark.req("Q-10")
def test_without_an_organisation_nothing_is_seen_and_the_system_sees_all(tree):
    assert not Capability.objects.visible_to(viewer()).exists()
    assert Capability.objects.visible_to(Viewer.system("all")).count() == 6
    assert Capability.objects.for_system("a rule beyond any viewer").count() == 6


@pytest.mark.req("Q-10")
def test_a_person_sees_the_own_row_only_and_no_organisation(tree):
    people = []
    for number in range(2):
        key = DataKey.objects.create(purpose="person", wrapped=b"x", master_id="m1", created_at=clock.now())
        people.append(
            Person.unscoped.create(
                key=key, name="方若溪", id_type="01", id_number_hash=f"{number}" * 64, created_at=clock.now(),
                updated_at=clock.now(),
            )
        )  # fmt: skip
    own = viewer(tree[91], is_person=True, person_id=people[0].pk)
    assert [row.pk for row in Person.objects.visible_to(own)] == [people[0].pk]
    assert not Organization.objects.visible_to(own).exists()
    assert not Person.objects.visible_to(replace(own, person_id=None)).exists()
    assert not Person.objects.visible_to(viewer(tree[91])).exists(), "organisations reach persons by enrollments only"


def test_hospital_and_province_are_asked_by_their_own_columns(tree):
    asked = str(Enrollment.scope_q(viewer(tree[91], track="western")))
    assert "('organization_id', 91)" in asked and "('track', 'western')" in asked and "startswith" not in asked
    assert "('province_id', 1002)" in str(Enrollment.scope_q(viewer(tree[1002])))
    assert "organization__path__startswith" in str(Enrollment.scope_q(viewer(tree[1001])))


@pytest.mark.req("Q-10")
def test_foreign_rows_and_garbage_are_not_found(tree):
    seen = viewer(tree[91])
    assert get_visible_or_404(Organization, seen, pk=91).pk == 91
    for garbage in (910, 0, -1, "91a", "", None, "９１x", [], {}, "1 OR 1=1", 10**18):
        with pytest.raises(Http404):
            get_visible_or_404(Organization, seen, pk=garbage)


@pytest.mark.req("Q-10")
@pytest.mark.parametrize("huge", [2**63, 10**30, "9" * 40])
def test_an_id_beyond_the_column_is_not_found(tree, huge):
    with pytest.raises(Http404):
        get_visible_or_404(Organization, viewer(tree[91]), pk=huge)
