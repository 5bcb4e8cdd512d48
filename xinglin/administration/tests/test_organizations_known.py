"""What an import of bases knows: matching, clashes, the province of a division, chunks (P-01, P-16)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from xinglin.accounts.actions import open_organization_account
from xinglin.kernel import clock, uscc
from xinglin.organizations import actions
from xinglin.organizations.enums import CapabilityKind, Kind
from xinglin.organizations.models import Organization

from ..selectors.organizations import known
from ..selectors.organizations.known import CHUNK, bases_called, home_for, known_bases, provinces_for
from .organizations_scene import SYSTEM, Organizations, make_organizations

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world() -> Organizations:
    return make_organizations()


def row_of(node: Organization, **over: Any) -> dict[str, Any]:
    return {"code": node.code, "name": node.name, "uscc": node.uscc, **over}


class TestMatching:
    def test_the_code_decides(self, world: Organizations) -> None:
        base, sibling = world.tree.base, world.tree.sibling
        row = row_of(base, name=sibling.name)
        found = known_bases([row], world.viewer("province"))
        assert found.match(row) == base
        assert found.clash(row, base) == (
            "name", f"这个名称是“{sibling.name}”（代码 {sibling.code}）的，一家医院只建一个。请核对代码",
        )  # fmt: skip

    @pytest.mark.parametrize("by", ["uscc", "name"])
    def test_without_a_code_uscc_then_name(self, world: Organizations, by: str) -> None:
        code = uscc.synthetic("320199", 5_001)
        unit = actions.create_organization(
            world.tree.province, kind=Kind.HOSPITAL, name="社区中心", uscc=code, by=SYSTEM
        )
        row = {"code": "NEW1", "name": "另一个名字", "uscc": uscc.synthetic("320199", 5_002)}
        row[by] = getattr(unit, by)
        found = known_bases([row], world.viewer("province"))
        assert found.match(row) == unit

    def test_one_that_has_another_code_is_not_taken_over(self, world: Organizations) -> None:
        row = row_of(world.tree.base, code="NEW1")
        found = known_bases([row], world.viewer("province"))
        assert found.match(row) is None
        clash = found.clash(row, None)
        assert clash is not None and clash[0] == "name" and world.tree.base.code in clash[1]

    def test_a_new_one_clashes_with_nothing(self, world: Organizations) -> None:
        row = {"code": "NEW1", "name": "望溪市中心医院", "uscc": uscc.synthetic("320199", 5_003)}
        found = known_bases([row], world.viewer("province"))
        assert found.match(row) is None and found.clash(row, None) is None

    def test_accounts_and_spans(self, world: Organizations) -> None:
        base, today = world.tree.base, clock.today()
        open_organization_account(world.tree.sibling, by=SYSTEM)
        actions.end_capability(world.capability, today, by=SYSTEM)
        actions.add_capability(base, CapabilityKind.TRAINING_BASE, track="tcm", starts_on=today + DAY, by=SYSTEM)
        found = known_bases([row_of(base), row_of(world.tree.sibling)], world.viewer("province"))
        assert found.accounts == {world.tree.sibling.pk}
        assert found.since(base, "western") is None, "what is over does not count"
        assert found.since(base, "tcm") == today + DAY, "what is planned does"
        assert found.province_of(base) == world.tree.province.name

    def test_rows_with_gaps_are_no_stumbling_block(self, world: Organizations) -> None:
        found = known_bases([{}, {"code": None}, row_of(world.tree.base)], world.viewer("province"))
        assert set(found.by_code) == {world.tree.base.code}
        assert known_bases([], world.viewer("province")).by_name == {}

    def test_queries_do_not_grow_with_the_rows_of_a_chunk(self, world: Organizations) -> None:
        def cost(rows: list[dict[str, Any]]) -> int:
            with CaptureQueriesContext(connection) as queries:
                known_bases(rows, world.viewer("province"))
            return len(queries)

        world.viewer("province")
        one = [row_of(world.tree.base)]
        many = [{"code": f"N{n}", "name": f"医院{n}", "uscc": ""} for n in range(CHUNK - 1)]
        assert cost(one + many) == cost(one)
        assert cost(one + many + many) <= 2 * cost(one)


class TestHome:
    @pytest.fixture
    def provinces(self, world: Organizations) -> list[Organization]:
        Organization.unscoped.filter(pk=world.tree.province.pk).update(division="320000")
        Organization.unscoped.filter(pk=world.tree.other_province.pk).update(division="510000")
        return provinces_for(world.viewer("association"))

    @pytest.mark.parametrize(("division", "name"), [
        ("320199", "province"), ("320000", "province"), ("32", "province"), ("510199", "other_province"),
        ("110101", None), ("", None),
    ])  # fmt: skip
    def test_the_association_goes_by_division(
        self, world: Organizations, provinces: list[Organization], division: str, name: str | None
    ) -> None:
        home = home_for(division, provinces, world.viewer("association"))
        assert home == (getattr(world.tree, name) if name else None)

    @pytest.mark.parametrize(("division", "inside"), [("320199", True), ("", True), ("510199", False)])
    def test_a_province_is_its_own_home(
        self, world: Organizations, provinces: list[Organization], division: str, inside: bool
    ) -> None:
        viewer = world.viewer("province")
        home = home_for(division, provinces_for(viewer), viewer)
        assert home == (world.tree.province if inside else None)

    def test_the_deepest_level_that_fits(self, world: Organizations, provinces: list[Organization]) -> None:
        viewer, province = world.viewer("association"), world.tree.province
        province.refresh_from_db()
        city = actions.create_organization(province, kind=Kind.CITY, name="示例市", division="320100", by=SYSTEM)
        assert home_for("320102", provinces, viewer) == city
        county = actions.create_organization(city, kind=Kind.COUNTY, name="示例区", division="320102", by=SYSTEM)
        assert home_for("320102", provinces, viewer) == county
        assert home_for("320104", provinces, viewer) == city
        assert home_for("320500", provinces, viewer) == province


class TestCalled:
    def test_by_code_in_any_case_and_by_full_name(self, world: Organizations) -> None:
        base = world.tree.base
        words = [base.code, base.code.lower(), base.name, "没有这家"]
        found = bases_called(words, world.viewer("province"))
        assert found == dict.fromkeys(words[:3], base)

    def test_only_in_scope(self, world: Organizations) -> None:
        words = [world.tree.foreign_base.code, world.tree.foreign_base.name]
        assert bases_called(words, world.viewer("province")) == {}
        assert len(bases_called(words, world.viewer("association"))) == 2

    def test_an_authority_is_none(self, world: Organizations) -> None:
        assert bases_called([world.tree.province.name], world.viewer("association")) == {}


def test_what_is_there_already(world: Organizations) -> None:
    base = world.tree.base
    assert known.tracks_of([base, world.tree.sibling]) == {(base.pk, "western"), (world.tree.sibling.pk, "western")}
    assert known.specialties_at([base]) == {(base.pk, "western", "0100"): world.specialty}
    assert known.departments_at(base) == {"心血管内科": world.department}
    assert known.departments_at(world.tree.sibling) == {}
    assert known.hospital_names(world.viewer("province")) == sorted([base.name, world.tree.sibling.name])
