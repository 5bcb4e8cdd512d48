"""The main job on real input: from the empty template to the province's approval, in one journey (issue 2).

Two residents fill every step on a 360 px phone; the other 298 are filled in bulk by the same actions that save a form,
because nobody would wait for 298 phones. Everything else happens in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import phone_form, workbooks
from tests.browser.conftest import PHONE
from tests.browser.doors import fill_sign_in, set_first_password, sign_in
from tests.browser.pages import good_page, within_a_phone
from xinglin.accounts.models import User
from xinglin.demo import biography
from xinglin.demo.filling import Filling, Part, fill, later
from xinglin.demo.people import Invented
from xinglin.demo.places import PROVINCES
from xinglin.demo.stock import Stock, flushed_once
from xinglin.dictionaries.actions import add_entries
from xinglin.imports.testing import xlsx_file
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.people.selectors import record_of
from xinglin.residents.models import ApprovedRecord, Enrollment, RecruitmentReview
from xinglin.residents.tests import factories
from xinglin.windows import actions as windows

YEAR, SIZE = workbooks.YEAR, workbooks.SIZE
FIRST, SECOND, THIRD, FOURTH = 1, 2, 3, 4
MISNAMED = (5, 6, 7)
MAIL = "corrected@example.cn"
ACCOUNTS = "resident-accounts"
REPLY = "通讯地址没有错，是学校的集体户地址"

pytestmark = [
    pytest.mark.req("P-12", "P-15", "P-16", "P-17", "R-02", "R-03", "R-05", "R-07", "R-08", "R-09", "R-19", "R-20", "R-21", "R-23",
                    "P-21", "Q-11"),
]  # fmt: skip


@contextmanager
def step(name: str) -> Iterator[None]:
    """A step of the journey; what goes wrong in it says so."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"in the step: {name}")
        raise


@pytest.fixture
def world() -> Any:
    divisions = [{"code": workbooks.AREA, "label": "示例县"}, {"code": "320199", "label": "样板县"}]
    add_entries("division", divisions, "测试")
    return factories.make_world(year=YEAR)


def name_of(number: int) -> str:
    return workbooks.person(number)[0]


def enrollment(number: int) -> Enrollment:
    id_number = workbooks.person(number)[1]
    found = Enrollment.unscoped.select_related("person__key", "organization")
    return next(row for row in found.filter(person__name=name_of(number)) if row.person.id_number == id_number)


def state(row: Enrollment) -> tuple[str, str]:
    review = RecruitmentReview.unscoped.get(pk=row.pk)
    return review.report_status, review.review_status


def test_the_main_job(new_window: Any, world: Any, tmp_path: Path) -> None:
    base = new_window()
    sign_in(base, staff(world.base))
    with step("300 rows from the template, with the mess of real life"):
        import_accounts(base, world)
    residents = {number: enrollment(number) for number in (FIRST, SECOND, THIRD, FOURTH)}
    with step("two residents sign in with 000000 and fill every step on a phone"):
        phones = [fill_on_a_phone(new_window(**PHONE), number, tmp_path) for number in (FIRST, SECOND)]
    with step("the other 298 fill in"):
        fill_the_rest({row.pk for row in (residents[FIRST], residents[SECOND])})
    with step("training information of all, three specialties misnamed"):
        import_training(base)
    with step("the base returns two with comments on fields"):
        return_one(base, residents[FIRST], {"basic_info.email": "请换成常用的邮箱"})
        return_one(base, residents[SECOND], {"basic_info.address": "请写到门牌号"})
    with step("one corrects, the other explains, on the phone"):
        correct(phones[0], "basic_info.email", MAIL)
        explain(phones[1])
    with step("the base sees 已修改 and the difference"):
        look_at_corrections(base, residents[FIRST], residents[SECOND])
    with step("the base reports all"):
        report_all(base, SIZE)
        assert RecruitmentReview.unscoped.filter(report_status="reported", review_status="pending").count() == SIZE
    province = new_window()
    sign_in(province, staff(world.province))
    with step("the province returns one, approves one by one and in batch"):
        review(province, residents)
    with step("the base corrects, reports again, and the province sees only the difference"):
        report_again(base, residents[THIRD])
        approve_again(province, residents[THIRD])
        assert ApprovedRecord.unscoped.count() == SIZE
    with step("the association sees the counts"):
        over = new_window()
        sign_in(over, staff(world.association))
        over.goto("/residents-home/")
        expect(over.locator(".xl-node").filter(has_text="审核通过").locator(".n")).to_contain_text(str(SIZE))
        good_page(over, "association-home")
        over.goto("/overview/")
        expect(over.get_by_role("row").filter(has_text=str(SIZE)).get_by_text("100%")).to_be_visible()
        good_page(over, "association-overview")
    with step("after the window closed, the history query shows the snapshot"):
        close_window(world)
        look_back(base, residents[FIRST])
    with step("the export opens in LibreOffice with the same rows"):
        export(base)


def staff(viewer: Any) -> str:
    return str(User.unscoped.get(pk=viewer.user_id).sign_in_name)


def upload(page: Page, kind: str, data: bytes, name: str) -> None:
    page.goto(f"/imports/{kind}/")
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": mime, "buffer": data})
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("可以导入").first).to_be_visible(timeout=30_000)


def download(page: Page, button: str) -> bytes:
    with page.expect_download() as found:
        page.get_by_role("button", name=button).or_(page.get_by_role("link", name=button)).first.click()
    return Path(found.value.path()).read_bytes()


def take(page: Page, button: str) -> None:
    """Tick every remark that wants to be seen, import, confirm, and wait for the result."""
    while page.locator("input[name=group]:not(:checked)").count():
        page.locator("input[name=group]:not(:checked)").first.check()
        page.wait_for_load_state("networkidle")
    page.get_by_role("button", name=button).or_(page.get_by_role("link", name=button)).first.click()
    again, done = page.get_by_role("button", name="确认导入"), page.get_by_text("导入完成")
    expect(again.or_(done).first).to_be_visible(timeout=30_000)
    if again.count():
        again.first.click()
    expect(done).to_be_visible(timeout=60_000)


def import_accounts(page: Page, world: Any) -> None:
    page.goto("/imports/resident-accounts/")
    good_page(page, "import-start")
    template = download(page, "住院医师账号模板")
    upload(page, ACCOUNTS, workbooks.saved_by_libreoffice(workbooks.messy(template)), "2026级住院医师账号.xlsx")
    expect(page.locator(".xl-totals")).to_contain_text(str(SIZE))
    shown = page.content()
    assert "校验位不对" in shown and "行重复" in shown and "应为 11 位" in shown
    good_page(page, "import-check")
    within_a_phone(page, ".xl-rows .xl-cell-bad", "import-check-phone")
    assert Enrollment.unscoped.count() == 0
    page.get_by_role("button", name="同样的 5 处都改").first.click()
    expect(page.get_by_role("link", name="错误 4 行")).to_be_visible()
    failed = download(page, "下载错误行")
    take(page, "导入 296 行有效数据")
    assert Enrollment.unscoped.count() == SIZE - 4
    good_page(page, "import-done")
    upload(page, ACCOUNTS, workbooks.mended(failed), "错误行.xlsx")
    take(page, "全部导入 4 行")
    assert Enrollment.unscoped.filter(organization=world.tree.base).count() == SIZE


def fill_on_a_phone(page: Page, number: int, folder: Path) -> Page:
    """First sign-in, forced change, all three steps; the second resident holds the certificate already."""
    _, id_number, phone = workbooks.person(number)
    fill_sign_in(page, id_number, "000000", "resident")
    page.wait_for_url("**/initial-password/**")
    page.goto("/my/record/basic_info/")
    expect(page.get_by_role("heading", name="设置新密码")).to_be_visible()
    set_first_password(page, "000000", phone)
    page.get_by_role("link", name="开始填写").click()
    phone_form.fill_basic_info(page, folder, number)
    phone_form.fill_education(page, folder, number, YEAR - 1)
    phone_form.fill_qualifications(page, folder, number, certificate(id_number) if number == SECOND else None)
    page.goto("/my/")
    expect(page.get_by_role("img", name="资料完整度")).to_contain_text("100%")
    good_page(page, f"own-complete-{number}")
    return page


def certificate(id_number: str) -> dict[str, str]:
    return {
        "code": f"{YEAR - 1}{id_number[:2]}110{id_number}",
        "qualified_on": f"{YEAR - 1}-12-05", "level": "执业医师", "category": "临床", "practice_code": "110000000000123",
        "practice_scope": "内科专业", "registered_on": f"{YEAR}-01-10",
    }  # fmt: skip


def fill_the_rest(but: set[int]) -> None:
    """Texts, pictures and history of a first saving, for everybody else."""
    rng, now, fillings = Random("main job"), clock.now(), []
    rows = Enrollment.unscoped.exclude(pk__in=but).select_related("person__key", "organization__province")
    plan = biography.Plan("clinical", ("bachelor",), YEAR - 1, date(YEAR, 9, 1), PROVINCES[0])
    for row in rows:
        person = row.person
        who = Invented(person.sex, person.name, person.birth_date, "01", person.id_number, person.phone)
        texts = {
            "basic_info": biography.basic_info(rng, who, plan, later)
            | {"basic_info.household_division": workbooks.AREA},
            "education": biography.education(rng, plan, later),
            "qualifications": {"qualifications.status": "not_taken", "qualifications.foreign_language_level": "cet6"},
        }
        parts = [Part(section, values, now) for section, values in texts.items()]
        fillings.append(Filling(row.pk, row.person_id, factories.resident_viewer(row), parts))
    with flushed_once():
        fill(fillings, Stock(), rng, by=Viewer.system("journey"))


def import_training(page: Page) -> None:
    heads = ["姓名", "证件类型", "证件号码", "培养类型", "人员类型", "是否军队医院", "应届/往届", "是否为农村订单定向免费医学毕业生",
             "是否为西部支援行动住院医师", "培训所在行政区划", "培训专业", "核定培训年限", "培训开始日期"]  # fmt: skip
    rows = []
    for number in range(1, SIZE + 1):
        name, id_number, _ = workbooks.person(number)
        rows.append(
            [name, "居民身份证", id_number, "国家计划培养", "面向社会招收住院医师", "否", "往届", "否", "否", "320199",
             "内科学" if number in MISNAMED else "内科", "3 年", f"{YEAR}/9/1"]
        )  # fmt: skip
    upload(page, "resident-training", xlsx_file([heads, *rows], "培训信息"), "培训信息.xlsx")
    page.get_by_role("button", name="同样的 3 处都改").first.click()
    expect(page.get_by_role("button", name="同样的 3 处都改")).to_have_count(0)
    take(page, f"全部导入 {SIZE} 行")
    assert Enrollment.unscoped.filter(specialty="0100", approved_years=3).count() == SIZE


def return_one(page: Page, row: Enrollment, comments: dict[str, str]) -> None:
    page.goto(f"/residents/{row.pk}/return/")
    page.locator("textarea[name=comment]").fill("请按单项意见核对")
    for key, words in comments.items():
        place = page.locator(f"details:has([name='comment.{key}'])")
        place.locator("summary").click()
        place.locator("input").fill(words)
    good_page(page, "return-one")
    page.get_by_role("button", name="退回本人修改").click()
    expect(page.locator(".xl-tag", has_text="退回修改").first).to_be_visible()


def correct(page: Page, key: str, value: str) -> None:
    page.goto("/my/")
    page.get_by_role("link", name="去修改").click()
    expect(page.get_by_text("基地：请换成常用的邮箱")).to_be_visible()
    phone_form.put(page, key, value)
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("基地会看到您改了什么")).to_be_visible()


def explain(page: Page) -> None:
    page.goto("/my/")
    page.get_by_role("link", name="去修改").click()
    page.get_by_text("不用改？写明原因").click()
    page.get_by_label("对“通讯地址”退回意见的说明").fill(REPLY)
    good_page(page, "own-returned")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("基地会看到您改了什么")).to_be_visible()


def look_at_corrections(page: Page, first: Enrollment, second: Enrollment) -> None:
    page.goto(f"/residents/intake/?year={YEAR}&correction=corrected")
    for number in (FIRST, SECOND):
        expect(page.get_by_role("row").filter(has_text=name_of(number)).get_by_text("已修改").first).to_be_visible()
    page.goto(f"/residents/{first.pk}/difference/")
    expect(page.get_by_text(MAIL).first).to_be_visible()
    expect(page.get_by_text("first@example.cn").first).to_be_visible()
    good_page(page, "difference")
    page.goto(f"/residents/{second.pk}/difference/")
    expect(page.get_by_text(REPLY).first).to_be_visible()


def report_all(page: Page, size: int) -> None:
    page.goto(f"/residents/intake/?year={YEAR}")
    page.wait_for_load_state("networkidle")
    good_page(page, "intake-list")
    page.get_by_label("选择本页").check()
    page.get_by_label(f"选择全部符合条件的 {size} 项").check()
    page.get_by_role("button", name=f"上报 {size} 项").click()
    reason, done = page.locator("textarea[name=reason]"), page.get_by_text("等省级审核")
    expect(reason.or_(done).first).to_be_visible(timeout=60_000)
    if reason.count():  # soft contradictions of some: one reason for all
        good_page(page, "report-reasons")
        reason.fill("证书已核对原件，编号无误")
        page.get_by_role("button", name="说明理由并上报").click()
    expect(done.first).to_be_visible(timeout=60_000)


def review(page: Page, residents: dict[int, Enrollment]) -> None:
    page.goto("/review/")
    good_page(page, "review-desk")
    page.goto(f"/review/{residents[THIRD].pk}")
    page.locator("#comment").fill("培训开始日期与合同不一致")
    page.get_by_role("button", name="退回").last.click()
    expect(page.get_by_text("已退回培训基地").first).to_be_visible()
    assert state(residents[THIRD]) == ("unreported", "returned")
    page.goto(f"/review/{residents[FIRST].pk}")
    page.keyboard.press("a")
    expect(page.get_by_text("已审核通过").first).to_be_visible()
    page.goto(f"/review/{residents[SECOND].pk}")
    page.get_by_role("button", name=re.compile("^通过")).click()
    expect(page.get_by_text("已审核通过").first).to_be_visible()
    assert state(residents[FIRST]) == state(residents[SECOND]) == ("reported", "approved")
    left = SIZE - 3
    page.goto(f"/residents/intake/?year={YEAR}&review=pending")
    page.wait_for_load_state("networkidle")
    page.get_by_label("选择本页").check()
    page.get_by_label(f"选择全部符合条件的 {left} 项").check()
    page.get_by_role("button", name=f"审核通过 {left} 项").click()
    page.get_by_role("button", name=f"通过 {left} 条").click()
    expect(page.get_by_text(f"审核通过 {left} 条")).to_be_visible(timeout=60_000)
    assert ApprovedRecord.unscoped.count() == SIZE - 1


def report_again(page: Page, row: Enrollment) -> None:
    page.goto(f"/residents/{row.pk}/")
    expect(page.get_by_text("培训开始日期与合同不一致").first).to_be_visible()
    good_page(page, "record-returned")
    page.goto(f"/residents/{row.pk}/training/")
    page.get_by_label("培训开始日期").fill(f"{YEAR}-08-15")
    page.get_by_label("培训开始日期").press("Tab")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text(f"已保存{row.person.name}的培训信息")).to_be_visible()
    page.goto(f"/residents/intake/?year={YEAR}&review=returned")
    page.wait_for_load_state("networkidle")
    page.get_by_label("选择本页").check()
    page.get_by_role("button", name="上报 1 项").click()
    expect(page.get_by_text("已上报 1 人").first).to_be_visible()


def approve_again(page: Page, row: Enrollment) -> None:
    page.goto(f"/review/{row.pk}")
    table = page.get_by_role("region", name="变化对照表")
    expect(table.get_by_text(f"{YEAR}-09-01").first).to_be_visible()
    expect(table.get_by_text(f"{YEAR}-08-15").first).to_be_visible()
    expect(table.get_by_text("学位证书编号")).to_have_count(0)
    good_page(page, "review-difference")
    page.keyboard.press("a")
    expect(page.get_by_text("已审核通过").first).to_be_visible()
    assert state(row) == ("reported", "approved")


def close_window(world: Any) -> None:
    """The association moves both ends into the past, by the action behind its screen."""
    today = clock.today()
    for kind in ("filling", "review"):
        windows.set_phase(
            world.window, kind, today - timedelta(days=11), today - timedelta(days=1), by=world.association
        )


def look_back(page: Page, row: Enrollment) -> None:
    page.goto(f"/residents/{row.pk}/return/")
    expect(page.get_by_text(re.compile("已于.*结束|审核通过")).first).to_be_visible()
    page.goto("/residents/past/")
    expect(page.locator(".xl-count-line, .xl-tools, main").first).to_contain_text(str(SIZE))
    good_page(page, "past-list")
    page.goto(f"/residents/past/?name={row.person.name}")
    page.get_by_role("link", name=row.person.name, exact=True).first.click()
    expect(page.get_by_text(MAIL).first).to_be_visible()
    good_page(page, "snapshot")


def export(page: Page) -> None:
    """The file that the list gives, opened by LibreOffice, has the people of the workbook, each once."""
    page.goto(f"/residents/intake/?year={YEAR}")
    page.get_by_role("link", name="导出").or_(page.get_by_role("button", name="导出")).first.click()
    good_page(page, "export-start")
    page.get_by_role("button", name="生成文件").click()
    with page.expect_download(timeout=60_000) as found:
        page.get_by_role("button", name="下载", exact=True).first.click()
    lines = workbooks.opened_by_libreoffice(Path(found.value.path()).read_bytes())
    place = next(line for line in lines if "姓名" in line).index("姓名")
    names = sorted(line[place] for line in lines if len(line) > place and line[place] not in ("", "姓名"))
    assert [name for name in names if name in {name_of(n) for n in range(1, SIZE + 1)}] == sorted(
        name_of(n) for n in range(1, SIZE + 1)
    )
    assert record_of(enrollment(FIRST).person_id).content["basic_info.email"] == MAIL
