"""培训基地导入: the contract of every import, parents, matching of known hospitals, accounts (P-01, P-05, P-16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest

from xinglin.accounts.enums import Policy
from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.rules import verifier_of
from xinglin.accounts.tests import factories
from xinglin.dictionaries.actions import add_entries
from xinglin.dictionaries.selectors import forget
from xinglin.history.models import HistoryEntry
from xinglin.imports import selectors
from xinglin.imports.models import ImportIssue, ImportJob
from xinglin.imports.sealing import open_issue
from xinglin.imports.templates_xlsx.result import result_workbook
from xinglin.imports.testing import ImportContract, lines_of, xlsx_file
from xinglin.kernel import clock, uscc
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions
from xinglin.organizations.enums import Kind
from xinglin.organizations.models import Capability, Organization
from xinglin.organizations.selectors import is_base
from xinglin.vault.hashing import keyed_hash

from ..import_specs import TRAINING_BASES

NAMES = "云汀柳浦桐川望溪岚山鹭洲"


def base_row(number: int, **over: Any) -> dict[str, Any]:
    cells = {
        "基地名称": f"{NAMES[2 * number : 2 * number + 2]}市人民医院",
        "简称": f"{NAMES[2 * number : 2 * number + 2]}人医",
        "基地代码": f"YT{number:03d}",
        "统一社会信用代码": uscc.synthetic("320199", 900 + number),
        "行政区划代码": "320199",
        "体系": "西医",
        "联系人": "教学办公室",
        "联系人手机": f"1908866{number:04d}",
        "资质开始日期": "2026-09-01",
    }
    return cells | over


class Scene(ImportContract):
    """A province's administrator; county 320199 is in the table."""

    @pytest.fixture(autouse=True)
    def _tree(self, db: None) -> Iterator[None]:
        add_entries("division", [{"code": "320199", "label": "示例县"}, {"code": "510199", "label": "另一县"}], "测试")
        self.tree = factories.make_tree()
        self.province_admin = factories.viewer_of(factories.make_staff("province_admin", self.tree.province))
        self.association = factories.viewer_of(factories.make_staff("association_admin", self.tree.association))
        yield
        forget("division")

    def viewer(self) -> Viewer:
        return self.province_admin

    def file(self, *rows: dict[str, Any]) -> bytes:
        return xlsx_file(self.lines(list(rows)), self.spec.sheet_name)

    def said(self, *rows: dict[str, Any]) -> str:
        return "；".join(self.words(self.upload(self.file(*rows))))

    def suggested(self, job: ImportJob) -> list[str | None]:
        return [open_issue(job, i).suggestion for i in ImportIssue.objects.filter(job=job)]


@pytest.mark.req("P-16")
class TestTrainingBases(Scene):
    spec = TRAINING_BASES
    changed: ClassVar[tuple[str, str] | None] = ("联系人", "住培办公室")

    def good(self, number: int) -> dict[str, Any]:
        return base_row(number)

    def state(self) -> Any:
        nodes = list(Organization.unscoped.order_by("pk").values_list())
        held = list(Capability.unscoped.order_by("pk").values_list())
        issued = list(InitialCredential.objects.order_by("pk").values_list("pk", "issued_at", "used_at", "revoked_at"))
        return nodes, held, issued, Grant.unscoped.count(), HistoryEntry.unscoped.count()

    @pytest.mark.req("P-01", "P-05")
    def test_a_row_becomes_a_base_with_capability_and_account(self) -> None:
        self.take(self.lines([base_row(0, 体系="西医、中医")]))
        made = Organization.unscoped.get(code="YT000")
        assert (made.parent, made.province, made.kind) == (self.tree.province, self.tree.province, Kind.HOSPITAL)
        assert (made.name, made.short_name, made.division) == ("云汀市人民医院", "云汀人医", "320199")
        assert made.contact_phone_hash == keyed_hash("phone", "19088660000")
        assert made.contact_phone_masked == "190****0000"
        assert made.contact_phone == "19088660000", "sealed, so that notices reach the base"
        spans = Capability.unscoped.filter(organization=made).values_list("kind", "track", "starts_on", "ends_on")
        start = date(2026, 9, 1)
        assert set(spans) == {("training_base", "western", start, None), ("training_base", "tcm", start, None)}
        user = User.unscoped.get(organization=made)
        assert not user.has_usable_password() and user.person_id is None
        assert Grant.unscoped.get(user=user).role == "base_organization"
        assert InitialCredential.objects.get(user=user).default == "000000"
        sources = HistoryEntry.unscoped.filter(organization_path=made.path).values_list("source", flat=True)
        assert set(sources) == {"import"}

    @pytest.mark.req("P-05")
    def test_one_time_passwords_come_back_in_the_result(self, settings: Any) -> None:
        settings.XINGLIN_INITIAL_PASSWORDS = Policy.RANDOM
        job = self.take(self.lines([base_row(0), base_row(1)]))
        book = lines_of(result_workbook(job, self.spec, self.viewer()))
        place = [str(head) for head in book[0]].index("初始密码")
        given = [line[place] for line in book[1:3]]
        assert all(given) and len(set(given)) == 2
        users = User.unscoped.filter(organization__code__in=["YT000", "YT001"]).order_by("organization__code")
        stored = [InitialCredential.objects.get(user=user).verifier for user in users]
        assert stored == [verifier_of(user.pk, word) for user, word in zip(users, given, strict=True)]
        again = self.upload(self.file(base_row(0)))
        assert again.counts["unchanged"] == 1, "an account that is there keeps its credential"

    def test_the_same_file_completes_a_number_of_which_only_a_hash_is_known(self) -> None:
        self.take(self.lines([base_row(0)]))
        made = Organization.unscoped.get(code="YT000")
        factories.forget_full_phone(made)
        assert self.take(self.lines([base_row(0)])).counts["applied"] == 1
        made.refresh_from_db()
        assert made.contact_phone == "19088660000"
        assert self.upload(self.file(base_row(0))).counts["unchanged"] == 1

    def test_a_base_without_account_gets_one_and_keeps_the_rest(self) -> None:
        base = self.tree.base
        row = base_row(
            0, 基地名称=base.name, 基地代码=base.code, 统一社会信用代码=base.uscc, 简称="", 联系人="", 行政区划代码="",
        )  # fmt: skip
        assert not User.unscoped.filter(organization=base).exists()
        job = self.take(self.lines([row]))
        assert job.counts["applied"] == 1
        assert User.unscoped.filter(organization=base).count() == 1
        assert Capability.unscoped.filter(organization=base).count() == 1, "it is a western base already"
        base.refresh_from_db()
        assert base.short_name == "" and base.contact_phone_masked == "190****0000"

    def test_a_new_track_is_added_and_an_old_start_is_left(self) -> None:
        base = self.tree.base
        row = base_row(0, 基地名称=base.name, 基地代码=base.code, 统一社会信用代码=base.uscc, 体系="西医、中医")
        assert "资质自 2014-09-01 起" not in self.said(row) and "资质自 2014-01-01 起已经有了" in self.said(row)
        self.take(self.lines([row]))
        assert is_base(base, "tcm", date(2026, 9, 1)) and not is_base(base, "tcm", date(2026, 8, 31))
        assert Capability.unscoped.get(organization=base, track="western").starts_on == date(2014, 1, 1)

    def test_a_hospital_that_was_only_an_affiliate_becomes_a_base(self) -> None:
        """One hospital is one node: found by its USCC, it gets code, capability and account."""
        row = base_row(0)
        unit = actions.create_organization(
            self.tree.province, kind=Kind.HOSPITAL, name=row["基地名称"], uscc=row["统一社会信用代码"],
            by=self.province_admin,
        )  # fmt: skip
        job = self.upload(self.file(row))
        assert job.counts["update"] == 1
        self.take(self.lines([row]))
        unit.refresh_from_db()
        assert unit.code == "YT000" and is_base(unit, "western", date(2026, 9, 1))
        assert Organization.unscoped.filter(name=row["基地名称"]).count() == 1

    @pytest.mark.parametrize(("column", "taken"), [("基地名称", "name"), ("统一社会信用代码", "uscc")])
    def test_what_belongs_to_another_base_is_refused_with_its_name(self, column: str, taken: str) -> None:
        said = self.said(base_row(0, **{column: getattr(self.tree.sibling, taken)}))
        assert self.tree.sibling.name in said and "一家医院只建一个" in said and self.tree.sibling.code in said

    def test_a_code_of_another_province_is_out_of_reach(self) -> None:
        other = self.tree.foreign_base
        said = self.said(base_row(0, 基地名称=other.name, 基地代码=other.code, 统一社会信用代码=other.uscc))
        assert "不在您的管理范围内" in said

    def test_a_code_that_is_no_hospital(self) -> None:
        Organization.unscoped.filter(pk=self.tree.province.pk).update(code="YT000")
        assert "它不是医院" in self.said(base_row(0))

    def test_renaming_is_confirmed_first(self) -> None:
        self.take(self.lines([base_row(0)]))
        renamed = base_row(0, 基地名称="云汀市第一人民医院")
        job = self.upload(self.file(renamed))
        assert "将把“云汀市人民医院”改名为“云汀市第一人民医院”" in "".join(self.words(job))
        self.take(self.lines([renamed]))
        assert Organization.unscoped.get(code="YT000").name == "云汀市第一人民医院"

    @pytest.mark.parametrize(("over", "reason"), [
        ({"统一社会信用代码": "12320199000000770A"}, "校验位不对"),
        ({"统一社会信用代码": "123"}, "应为 18 位"),
        ({"联系人手机": "12345"}, "应为 11 位"),
        ({"体系": "西中医"}, "没有这一项"),
        ({"资质开始日期": "九月"}, "日期认不出"),
        ({"行政区划代码": "999999"}, "行政区划代码表里没有"),
        ({"基地代码": "云汀一院"}, "代码只能有字母、数字和短横线"),
        ({"基地名称": "很长" * 60}, "最多 100 个字"),
    ])  # fmt: skip
    def test_reasons_stand_at_their_cells(self, over: dict[str, Any], reason: str) -> None:
        assert reason in self.said(base_row(0, **over))

    def test_a_label_in_the_place_of_a_division_code_is_suggested(self) -> None:
        assert self.suggested(self.upload(self.file(base_row(0, 行政区划代码="示例县")))) == ["320199"]

    def test_two_rows_of_one_hospital(self) -> None:
        first = base_row(0)
        said = self.said(
            first, base_row(1, 基地名称=first["基地名称"]), base_row(2, 统一社会信用代码=first["统一社会信用代码"])
        )
        assert "与第 2 行的名称相同" in said and "与第 2 行的信用代码相同" in said

    def test_the_association_names_the_province_by_its_division(self) -> None:
        Organization.unscoped.filter(pk=self.tree.province.pk).update(division="320000")
        Organization.unscoped.filter(pk=self.tree.other_province.pk).update(division="510000")
        self.province_admin = self.association
        self.take(self.lines([base_row(0), base_row(1, 行政区划代码="510199")]))
        assert Organization.unscoped.get(code="YT000").province == self.tree.province
        assert Organization.unscoped.get(code="YT001").province == self.tree.other_province
        assert "看不出属于哪个省" in self.said(base_row(2, 行政区划代码=""))

    def test_a_province_does_not_take_another_ones_division(self) -> None:
        Organization.unscoped.filter(pk=self.tree.province.pk).update(division="320000")
        assert "看不出属于哪个省" in self.said(base_row(0, 行政区划代码="510199"))

    def test_a_base_hangs_under_its_city(self) -> None:
        Organization.unscoped.filter(pk=self.tree.province.pk).update(division="320000")
        self.tree.province.refresh_from_db()
        city = actions.create_organization(
            self.tree.province, kind=Kind.CITY, name="示例市卫生健康委", division="320100", by=self.province_admin
        )
        self.take(self.lines([base_row(0)]))
        assert Organization.unscoped.get(code="YT000").parent == city

    def test_an_ended_capability_is_begun_again(self) -> None:
        base, today = self.tree.base, clock.today()
        held = Capability.unscoped.get(organization=base)
        actions.end_capability(held, today, by=self.province_admin)
        row = base_row(0, 基地名称=base.name, 基地代码=base.code, 统一社会信用代码=base.uscc)
        row["资质开始日期"] = str(today + timedelta(days=1))
        self.take(self.lines([row]))
        assert Capability.unscoped.filter(organization=base, track="western").count() == 2

    def test_one_track_identity_offers_its_own_track_only(self) -> None:
        user = factories.make_staff("province_admin", self.tree.province, track="tcm")
        self.province_admin = factories.viewer_of(user)
        assert "没有这一项，可填：中医" in self.said(base_row(0))
        assert self.upload(self.file(base_row(0, 体系="中医"))).counts["valid"] == 1

    def test_who_may_not_open_accounts_may_not_import(self) -> None:
        base = factories.viewer_of(factories.make_staff("base_admin", self.tree.base))
        with pytest.raises(NotAllowed):
            TRAINING_BASES.needs(base)

    def test_progress_is_kept_row_by_row(self) -> None:
        job = self.take(self.lines([base_row(n) for n in range(5)]))
        assert selectors.figures(job)["applied"] == 5
        assert User.unscoped.filter(organization__code__startswith="YT").count() == 5
