"""The two imports of recruitment: the contract of every import, and the rules of R-03 and R-05."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

import pytest

from xinglin.accounts.models import InitialCredential, User
from xinglin.accounts.tests.factories import sign_in
from xinglin.dictionaries.actions import add_entries
from xinglin.dictionaries.selectors import forget
from xinglin.history.models import HistoryEntry
from xinglin.imports.models import ImportIssue
from xinglin.imports.sealing import open_issue
from xinglin.imports.testing import ImportContract, xlsx_file
from xinglin.kernel import id_numbers
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person
from xinglin.people.selectors import id_number_hash
from xinglin.residents.actions.lapsing import lapse_due
from xinglin.residents.import_specs import ACCOUNTS, TRAINING
from xinglin.residents.models import Enrollment, RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews

from . import factories


def account_row(number: int, **over: Any) -> dict[str, Any]:
    cells = {
        "招收年份": str(date.today().year),
        "姓名": "程" + "知望景思若清嘉明"[number % 8] + "禾舟川宁"[number // 8 % 4],
        "证件类型": "居民身份证",
        "证件号码": id_numbers.synthetic("320199", date(1999, 3, 1), 500 + number),
        "手机号": f"1908888{number:04d}",
    }
    return cells | over


class Prepared(ImportContract):
    @pytest.fixture(autouse=True)
    def _world(self, db: None) -> Iterator[None]:
        add_entries("division", [{"code": "320199", "label": "示例县"}], "测试")
        self.world = factories.make_world()
        yield
        forget("division")

    def viewer(self) -> Viewer:
        return self.world.base


class TestAccounts(Prepared):
    """R-03, P-16: account import."""

    spec = ACCOUNTS
    changed: ClassVar[tuple[str, str] | None] = ("手机号", "19088889999")

    def good(self, number: int) -> dict[str, Any]:
        return account_row(number)

    def state(self) -> Any:
        people = [(p.pk, p.name, p.phone) for p in Person.unscoped.select_related("key").order_by("pk")]
        credentials = list(InitialCredential.objects.order_by("pk").values_list("pk", "issued_at", "used_at"))
        counts = Enrollment.unscoped.count(), User.unscoped.count(), RecruitmentReview.unscoped.count()
        return people, credentials, counts, HistoryEntry.unscoped.filter(subject_type="enrollment").count()

    def errors(self, *rows: dict[str, Any]) -> str:
        return self.words(self.upload(self.file(rows)))

    def file(self, rows: Any) -> bytes:
        return xlsx_file(self.lines(list(rows)), self.spec.sheet_name)

    @pytest.mark.req("R-03")
    def test_rows_become_people_with_accounts_and_enrollments(self) -> None:
        self.take(self.lines([account_row(0), account_row(1)]))
        person = Person.unscoped.select_related("key").get(id_number_hash=id_number_hash(account_row(0)["证件号码"]))
        assert (person.name, person.id_number) == (account_row(0)["姓名"], account_row(0)["证件号码"])
        assert person.birth_date == date(1999, 3, 1)
        enrollment = Enrollment.unscoped.get(person=person)
        assert enrollment.holding and enrollment.organization == self.world.tree.base
        credential = InitialCredential.objects.get(user__person=person)
        assert (credential.policy, credential.default) == ("fixed", "000000")

    @pytest.mark.req("R-03")
    def test_reasons_stand_at_their_cells(self) -> None:
        wrong_digit = account_row(1)
        wrong_digit["证件号码"] = wrong_digit["证件号码"][:-1] + ("0" if wrong_digit["证件号码"][-1] != "0" else "1")
        words = str(
            self.errors(
                account_row(0, 招收年份="2019"), wrong_digit, account_row(2, 证件类型="身份证"), account_row(3),
                account_row(3, 姓名="程某某"), account_row(4, 手机号="1908888004"),
            )
        )  # fmt: skip
        for reason in ("2019 年不在填报时间内", "校验位不对", "没有这一项", "行重复", "应为 11 位"):
            assert reason in words

    @pytest.mark.req("R-03")
    def test_person_held_by_another_base_is_refused_with_its_name(self) -> None:
        enrollment = factories.make_enrollments(self.world, base=self.world.tree.sibling, by=self.world.sibling)[0]
        row = account_row(0, 姓名=enrollment.person.name, 证件号码=enrollment.person.id_number)
        assert self.world.tree.sibling.name in str(self.errors(row))

    @pytest.mark.req("R-03")
    def test_lapsed_person_can_be_taken_by_another_base(self) -> None:
        enrollment = factories.make_enrollments(self.world, base=self.world.tree.sibling, by=self.world.sibling)[0]
        self.world.window.phases.all().delete()
        past = factories.make_window(2020, filling=(-40, -30), review=(-40, -20))
        Enrollment.unscoped.filter(pk=enrollment.pk).update(window=past)
        assert lapse_due(by=Viewer.system("test")) == 1
        self.world.window.delete()
        factories.make_window()
        job = self.take(self.lines([account_row(0, 姓名=enrollment.person.name, 证件号码=enrollment.person.id_number)]))
        assert job.counts["applied"] == 1
        assert Enrollment.unscoped.filter(person=enrollment.person, holding=True).count() == 1

    @pytest.mark.req("R-03")
    def test_activated_person_keeps_name_and_phone(self) -> None:
        self.take(self.lines([account_row(0)]))
        user = User.unscoped.get(person__isnull=False, person__name=account_row(0)["姓名"], sign_in_name=None)
        User.unscoped.filter(pk=user.pk).update(activated_at=user.created_at)
        words = str(self.errors(account_row(0, 姓名="程改名"), account_row(1)))
        assert "核对证件" in words
        job = self.upload(self.file([account_row(0, 手机号="19088889999")]))
        assert job.counts["unchanged"] == 1

    @pytest.mark.req("R-03")
    def test_same_phone_and_lookalikes_are_warnings(self) -> None:
        other = factories.make_enrollments(self.world, base=self.world.tree.sibling, by=self.world.sibling)[0]
        born = other.person.birth_date
        row = account_row(
            0, 姓名=other.person.name, 证件号码=id_numbers.synthetic("510199", born, 77), 手机号=other.person.phone
        )
        job = self.upload(self.file([row]))
        words = str(self.words(job))
        assert job.counts["error"] == 0 and "同名同出生日期" in words and "已被另一位住院医师使用" in words

    @pytest.mark.req("R-03")
    def test_the_phone_of_the_same_person_is_no_warning(self) -> None:
        """The row is there twice, and is told so: its phone is nobody else's."""
        twice, other = account_row(0), account_row(1, 手机号=account_row(2)["手机号"])
        assert "已被另一位" not in str(self.errors(twice, twice))
        assert "已被另一位" in str(self.errors(other, account_row(2)))

    @pytest.mark.req("R-03")
    def test_the_pages_name_the_batch_and_say_how_residents_sign_in(self, client: Any, settings: Any) -> None:
        client = sign_in(client, User.unscoped.get(pk=self.world.base.user_id))
        job = self.upload(self.file([account_row(0)]))
        page = f"/imports/job/{job.pk}/"
        assert f"{self.world.window} · {self.world.tree.base.name}" in client.get(page).content.decode()
        self.go(job)
        said = client.get(page).content.decode()
        assert str(self.world.window) in said and "用证件号码登录，初始密码为 000000，" in said and "前有效" in said
        settings.XINGLIN_INITIAL_PASSWORDS = "random"
        page = f"/imports/job/{self.take(self.lines([account_row(1)])).pk}/"
        assert "初始密码各不相同，见“下载导入结果”" in client.get(page).content.decode()

    @pytest.mark.req("P-09")
    def test_closed_window_refuses_before_the_upload(self) -> None:
        self.world.window.phases.all().delete()
        with pytest.raises(Refused, match="时间安排"):
            ACCOUNTS.needs(self.viewer())


class TestTraining(Prepared):
    """R-05, P-16: training information import."""

    spec = TRAINING
    changed: ClassVar[tuple[str, str] | None] = ("核定培训年限", "2")

    @pytest.fixture(autouse=True)
    def _residents(self, _world: None) -> None:
        self.residents = factories.make_enrollments(self.world, 8)

    def good(self, number: int) -> dict[str, Any]:
        person = self.residents[number].person
        return {
            "姓名": person.name,
            "证件类型": "居民身份证",
            "证件号码": person.id_number,
            "培养类型": "国家计划培养",
            "人员类型": "面向社会招收住院医师",
            "是否军队医院": "否",
            "应届/往届": "应届",
            "是否为农村订单定向免费医学毕业生": "否",
            "是否为西部支援行动住院医师": "否",
            "培训所在行政区划": "110101",
            "培训专业": "内科",
            "核定培训年限": "3",
            "培训开始日期": f"{date.today().year}-09-01",
        }

    def state(self) -> Any:
        rows = Enrollment.unscoped.order_by("pk").values_list("pk", "specialty", "approved_years", "ends_on")
        return list(rows), HistoryEntry.unscoped.filter(verb="enrollment.training").count()

    @pytest.mark.req("R-05")
    def test_planned_end_follows_from_start_and_years(self) -> None:
        self.take(self.lines([self.good(0)]))
        self.residents[0].refresh_from_db()
        assert self.residents[0].ends_on == date(date.today().year + 3, 8, 31)

    @pytest.mark.req("R-05")
    def test_misnamed_specialty_gets_the_suggestion(self) -> None:
        job = self.upload(xlsx_file(self.lines([self.good(0) | {"培训专业": "内科学"}]), self.spec.sheet_name))
        assert open_issue(job, ImportIssue.objects.get(job=job, column="specialty")).suggestion == "内科"

    @pytest.mark.req("R-05")
    def test_employer_is_mandatory_for_own_employees(self) -> None:
        rows = [self.good(0) | {"人员类型": "本单位住院医师"}]
        job = self.upload(xlsx_file(self.lines(rows), self.spec.sheet_name))
        assert job.counts["error"] == 1
        assert "没有填写" in str(self.words(job))

    @pytest.mark.req("R-05")
    def test_import_of_a_reported_record_recalls_it(self) -> None:
        factories.complete(self.residents[0], self.world)
        reviews.report(RECRUITMENT, [self.residents[0].pk], by=self.world.base)
        self.take(self.lines([self.good(0) | {"核定培训年限": "2"}]))
        assert RecruitmentReview.unscoped.get(pk=self.residents[0].pk).report_status == "unreported"
