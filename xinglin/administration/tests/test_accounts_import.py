"""工作人员账号导入: the contract of every import, and the rules of who opens whom (P-04, P-16)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

import pytest

from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.selectors import grants_of
from xinglin.accounts.tests.factories import make_organization, make_person, make_resident, make_staff, viewer_of
from xinglin.administration.import_specs import STAFF
from xinglin.history.models import HistoryEntry
from xinglin.imports.models import ImportIssue
from xinglin.imports.sealing import open_issue
from xinglin.imports.templates_xlsx.result import result_workbook
from xinglin.imports.templates_xlsx.template import template_workbook
from xinglin.imports.testing import ImportContract, lines_of, xlsx_file
from xinglin.kernel import clock, id_numbers
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Capability
from xinglin.people.models import Person

from .accounts_world import make_world

pytestmark = pytest.mark.req("P-04", "P-16")
SOON = f"{date.today() + timedelta(days=90)}"


def row(number: int, **over: Any) -> dict[str, Any]:
    return {
        "姓名": "程" + "知望景思若清嘉明"[number % 8] + "禾舟川宁"[number // 8 % 4],
        "证件类型": "居民身份证",
        "证件号码": id_numbers.synthetic("320199", date(1986, 3, 1), 500 + number),
        "手机号": f"1908888{number:04d}",
        "身份": "基地管理员",
    } | over


class Prepared(ImportContract):
    spec = STAFF

    @pytest.fixture(autouse=True)
    def _world(self, db: None) -> None:
        self.world = make_world()
        self.viewer()

    def viewer(self) -> Viewer:
        return self.world.viewer("base_organization")

    def state(self) -> Any:
        people = [(p.pk, p.name, p.phone) for p in Person.unscoped.select_related("key").order_by("pk")]
        grants = list(Grant.unscoped.order_by("pk").values_list("user", "role", "organization", "track", "ends_at"))
        credentials = list(InitialCredential.objects.order_by("pk").values_list("pk", "issued_at", "revoked_at"))
        return people, grants, credentials, HistoryEntry.unscoped.filter(subject_type="user").count()

    def file(self, *rows: dict[str, Any]) -> bytes:
        heads = list(rows[0])
        return xlsx_file([heads, *([one.get(head, "") for head in heads] for one in rows)], self.spec.sheet_name)

    def said(self, *rows: dict[str, Any]) -> str:
        return "；".join(self.words(self.upload(self.file(*rows))))

    def given(self) -> set[tuple[str, int, str]]:
        rows = Grant.unscoped.exclude(role="base_organization").exclude(role__startswith="province_admin")
        return set(rows.values_list("role", "organization", "track"))


class TestOfABase(Prepared):
    changed: ClassVar[tuple[str, str] | None] = ("到期日", SOON)

    def good(self, number: int) -> dict[str, Any]:
        return row(number, 体系="西医", 到期日="")

    def test_rows_become_accounts_at_the_base(self) -> None:
        self.take(self.lines([self.good(0), {**self.good(1), "到期日": SOON}]))
        base = self.world.tree.base
        assert self.given() == {("base_admin", base.pk, "western")}
        ends = list(Grant.unscoped.filter(role="base_admin").order_by("pk").values_list("ends_at", flat=True))
        assert ends[0] is None
        assert clock.local(ends[1]).date() == date.fromisoformat(SOON) + timedelta(days=1)
        assert User.unscoped.filter(person__isnull=False, sign_in_name=None).count() == 2
        assert InitialCredential.objects.filter(default="000000").count() == 2

    def test_a_known_person_gets_the_identity_and_is_not_changed(self) -> None:
        user = make_resident(self.world.tree.sibling, person=make_person(name="苏嘉树"))
        cells = row(0, 姓名="苏嘉树", 证件号码=user.person.id_number, 手机号="19077770000")
        job = self.upload(self.file(cells))
        assert job.counts["valid"] == 1
        assert "导入不会改本人登记的手机号" in "".join(self.words(job))
        self.take([list(cells), list(cells.values())])
        assert len(grants_of(user)) == 2
        assert Person.unscoped.select_related("key").get(pk=user.person_id).phone == user.person.phone
        assert not InitialCredential.objects.exists()

    def test_a_name_that_does_not_belong_to_the_number_is_an_error_that_tells_nothing(self) -> None:
        user = make_resident(self.world.tree.sibling, person=make_person(name="苏嘉树"))
        cells = row(0, 姓名="苏家树", 证件号码=user.person.id_number, 手机号=user.person.phone)
        said = self.said(cells)
        assert "登记的姓名与所填的不同" in said and "苏嘉树" not in said

    def test_the_present_identity_without_a_date_is_unchanged_and_keeps_its_end(self) -> None:
        self.take(self.lines([{**self.good(0), "到期日": SOON}]))
        before = Grant.unscoped.get(role="base_admin").ends_at
        job = self.upload(self.file(row(0, 体系="西医")))
        assert job.counts["unchanged"] == 1
        assert Grant.unscoped.get(role="base_admin").ends_at == before

    def test_an_ended_identity_is_given_anew(self) -> None:
        self.take(self.lines([self.good(0)]))
        Grant.unscoped.filter(role="base_admin").update(ends_at=clock.now())
        assert self.upload(self.file(self.good(0))).counts["valid"] == 1

    def test_two_tracks_of_one_person_are_two_identities_of_one_account(self) -> None:
        Capability.unscoped.create(
            organization=self.world.tree.base, kind="training_base", track="tcm", starts_on=date(2015, 1, 1)
        )
        cells = [row(0, 体系="西医"), row(0, 体系="中医"), row(0, 体系="西医、中医")]
        self.take([list(cells[0]), *(list(one.values()) for one in cells)])
        assert {track for _, _, track in self.given()} == {"western", "tcm", ""}
        assert User.unscoped.filter(person__isnull=False).count() == 1

    def test_the_same_row_twice_is_found_also_where_the_place_is_named_once(self) -> None:
        base = self.world.tree.base
        said = self.said(row(0, 所在单位="", 体系=""), row(0, 所在单位=base.name, 体系="西医、中医"))
        assert "第 2 行重复" in said

    @pytest.mark.parametrize(
        ("over", "words"),
        [
            ({"身份": "省级审核"}, "没有这一项，可填：基地管理员"),
            ({"身份": "培训基地"}, "没有这一项"),
            ({"身份": "住院医师"}, "没有这一项"),
            ({"身份": ""}, "没有填写"),
            ({"体系": "中西医"}, "没有"),
            ({"到期日": "2020-01-01"}, "到期日已经过去"),
            ({"到期日": "明年"}, "日期"),
            ({"证件号码": "320199198603015"}, "证件"),
            ({"手机号": "123"}, "手机"),
            ({"所在单位": "没有这家医院"}, "没有“没有这家医院”这个单位"),
        ],
    )
    def test_what_is_wrong_is_said(self, over: dict[str, str], words: str) -> None:
        assert words in self.said(row(0, **over))
        assert not Grant.unscoped.filter(role="base_admin").exists()

    def test_another_base_is_no_place(self) -> None:
        sibling = self.world.tree.sibling
        for typed in (sibling.name, sibling.code, sibling.code.lower()):
            assert "不归您管理" in self.said(row(0, 所在单位=typed))

    def test_random_passwords_come_back_in_the_result(self, settings: Any) -> None:
        settings.XINGLIN_INITIAL_PASSWORDS = "random"
        done = self.take(self.lines([self.good(0), self.good(1)]))
        lines = lines_of(result_workbook(done, self.spec, self.viewer()), "导入结果")
        place = [str(head) for head in lines[0]].index("初始密码")
        assert all(len(str(line[place])) == 10 for line in lines[1:])
        assert lines[1][place] != lines[2][place]

    def test_the_template_offers_only_what_the_giver_may_give(self) -> None:
        words = str(lines_of(template_workbook(self.spec, self.viewer()), "选项"))
        assert "基地管理员" in words and "省级审核" not in words

    def test_a_hospital_that_trains_no_more_is_told_before_the_upload(self) -> None:
        Capability.unscoped.filter(organization=self.world.tree.base).update(ends_on=clock.today())
        with pytest.raises(Refused, match="现在不是培训基地"):
            self.spec.needs(self.viewer())

    @pytest.mark.parametrize("who", ["base_admin", "province_reviewer", "ministry_reader"])
    def test_roles_that_open_nobody_are_told_so(self, who: str) -> None:
        with pytest.raises(Refused, match="不能开通工作人员账号"):
            self.spec.needs(self.world.viewer(who))


class TestOfAProvince(Prepared):
    changed: ClassVar[tuple[str, str] | None] = ("到期日", SOON)

    def viewer(self) -> Viewer:
        return self.world.viewer("province_admin")

    def good(self, number: int) -> dict[str, Any]:
        return row(number, 所在单位=self.world.tree.sibling.code, 到期日="")

    def test_each_row_names_its_place_by_code_or_full_name(self) -> None:
        tree = self.world.tree
        cells = [
            row(0, 所在单位=tree.base.code.lower()), row(1, 所在单位=tree.sibling.name),
            row(2, 身份="省级审核", 所在单位=tree.province.name), row(3, 身份="省级审核", 所在单位=""),
        ]  # fmt: skip
        self.take([list(cells[0]), *(list(one.values()) for one in cells)])
        assert self.given() == {
            ("base_admin", tree.base.pk, ""), ("base_admin", tree.sibling.pk, ""),
            ("province_reviewer", tree.province.pk, ""),
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("role", "place", "words"),
        [
            ("基地管理员", "province", "所在单位要填培训基地"),
            ("省级审核", "base", "所在单位要填省级卫生健康行政部门"),
            ("基地管理员", "foreign_base", "不归您管理"),
            ("省级管理员", "other_province", "不归您管理"),
            ("协会管理员", "association", "可填：省级管理员、省级审核、基地管理员"),
        ],
    )
    def test_role_and_place_must_fit_and_be_ones_own(self, role: str, place: str, words: str) -> None:
        assert words in self.said(row(0, 身份=role, 所在单位=getattr(self.world.tree, place).name))

    def test_a_hospital_that_is_no_base_is_no_place(self) -> None:
        plain = make_organization(self.world.tree.province, "hospital")
        Capability.unscoped.filter(organization=plain).delete()
        assert "没有“" in self.said(row(0, 所在单位=plain.name))

    def test_a_giver_of_one_track_imports_that_track(self) -> None:
        user = make_staff("province_admin", self.world.tree.province, track="western")
        self.viewer = lambda: viewer_of(user)  # type: ignore[method-assign]
        cells = row(0, 所在单位=self.world.tree.base.code)
        assert "当前身份只管西医" in self.said(cells)
        assert self.upload(self.file({**cells, "体系": "西医"})).counts["valid"] == 1


@pytest.mark.django_db
def test_remarks_hold_no_number_in_full() -> None:
    prepared = TestOfABase()
    prepared.world = make_world()
    user = make_resident(prepared.world.tree.sibling)
    job = prepared.upload(prepared.file(row(0, 姓名="不同名", 证件号码=user.person.id_number)))
    for issue in ImportIssue.objects.filter(job=job):
        assert user.person.id_number not in open_issue(job, issue).message
