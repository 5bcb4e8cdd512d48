"""The wizard's pages: from template to result, what each shows, who may (P-16, P-19, P-21)."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from xinglin.accounts.tests import factories
from xinglin.history.models import HistoryEntry
from xinglin.imports.enums import Status
from xinglin.imports.models import ImportJob, ImportRow
from xinglin.imports.testing import xlsx_file
from xinglin.kernel.viewer import Viewer

from . import trial

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-16")]
HEADS = list(trial.good(0))


def lines(*rows: dict[str, Any]) -> list[list[Any]]:
    return [HEADS, *([row[head] for head in HEADS] for row in rows)]


class World:
    """A base with its secretary signed in, and clients of others."""

    def __init__(self) -> None:
        self.tree = factories.make_tree()
        self.user = factories.make_staff("base_admin", self.tree.base)
        self.client = factories.sign_in(Client(), self.user)

    def other(self, role: str, organization: Any) -> Client:
        return factories.sign_in(Client(), factories.make_staff(role, organization))

    def viewer(self) -> Viewer:
        return factories.viewer_of(self.user)

    def upload(self, data: bytes, name: str = "试.xlsx", mode: str = "both") -> Any:
        file = SimpleUploadedFile(name, data)
        return self.client.post(reverse("imports:start", args=["trial"]), {"file": file, "mode": mode})

    def job(self) -> ImportJob:
        return ImportJob.objects.for_system("test").order_by("-created_at").first()  # type: ignore[return-value]

    def page(self, **query: str) -> str:
        response = self.client.get(reverse("imports:job", args=[self.job().pk]), query)
        assert response.status_code == 200
        return str(response.content.decode())

    def post(self, name: str, **data: Any) -> Any:
        return self.client.post(reverse(f"imports:{name}", args=[self.job().pk]), data)

    def confirm(self, whole: str = "0") -> Any:
        return self.post("confirm", revision=self.job().revision, whole=whole)


@pytest.fixture
def world() -> World:
    return World()


def test_start_page_says_what_is_accepted(world: World) -> None:
    page = world.client.get(reverse("imports:start", args=["trial"])).content.decode()
    for words in ("试导入", "20,000 行", "xlsx、xls 或 csv", "只新增", "新增和更新", 'enctype="multipart/form-data"'):
        assert words in page


def test_template_download(world: World) -> None:
    response = world.client.get(reverse("imports:template", args=["trial"]))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames[0] == "账号"
    assert "attachment" in response["Content-Disposition"]


def test_whole_way(world: World) -> None:
    """Upload, look, confirm, result; nothing is written before the confirmation."""
    response = world.upload(xlsx_file(lines(trial.good(0), {**trial.good(1), "手机号": "1390000"})))
    assert response.status_code == 302
    assert trial.state() == []
    page = world.page()
    assert "现在还没有写入任何数据" in page
    assert "导入 1 行有效数据" in page
    assert "有 1 行错误" in page
    confirm = world.client.get(reverse("imports:confirm", args=[world.job().pk])).content.decode()
    assert "确认导入 1 行" in confirm
    assert trial.state() == []
    assert world.confirm().status_code == 302
    assert len(trial.state()) == 1
    page = world.page()
    assert "导入完成" in page
    assert "下载错误行" in page


def test_double_click_on_confirm(world: World) -> None:
    world.upload(xlsx_file(lines(trial.good(0))))
    revision = world.job().revision
    for _ in range(2):
        assert world.post("confirm", revision=revision, whole="0").status_code == 302
    assert len(trial.state()) == 1
    assert world.job().status == Status.DONE


def test_outdated_confirmation_is_refused(world: World) -> None:
    """Somebody mended the rows in another tab: the confirmation of what is no longer shown does nothing."""
    world.upload(xlsx_file(lines(trial.good(0))))
    assert world.post("confirm", revision=world.job().revision - 1, whole="0").status_code == 409
    assert trial.state() == []


def test_numbers_are_masked(world: World) -> None:
    """P-19: the page shows no ID number and no phone in full, right or wrong."""
    wrong = {**trial.good(1), "证件号码": trial.number(1)[:-1] + ("0" if trial.number(1)[-1] != "0" else "1")}
    world.upload(xlsx_file(lines(trial.good(0), wrong)))
    page = world.page(tab="all")
    for row in (trial.good(0), wrong):
        assert row["证件号码"] not in page
        assert row["手机号"] not in page
    assert "110199********" in page
    assert "139****0000" in page


def test_suggestion_is_taken(world: World) -> None:
    world.upload(xlsx_file(lines({**trial.good(0), "证件类型": "身份证"})))
    page = world.page()
    assert "改为“居民身份证”" in page
    issue = page.split('name="one" value="')[1].split('"')[0]
    assert world.post("mend", one=issue, tab="errors", page="1").status_code == 302
    assert world.job().counts["error"] == 0
    assert world.post("mend", one=issue).status_code == 422


def test_an_entry_is_chosen_where_nothing_is_suggested(world: World) -> None:
    world.upload(xlsx_file(lines({**trial.good(0), "民族": "不存在族"}, {**trial.good(1), "民族": "不存在族"})))
    page = world.page()
    assert "<option>蒙古族</option>" in page
    issue = page.split('name="choose" value="')[1].split('"')[0]
    assert world.post("mend", choose=issue, **{f"choice-{issue}": "不存在族"}).status_code == 422
    assert world.post("mend", choose=issue, tab="errors", page="1", **{f"choice-{issue}": "蒙古族"}).status_code == 302
    assert world.job().counts["error"] == 1
    assert "蒙古族" in world.page(tab="all")
    assert world.post("mend", choose=issue, **{f"choice-{issue}": "蒙古族"}).status_code == 422


def test_taking_a_row_out_is_always_in_sight(world: World) -> None:
    world.upload(xlsx_file(lines(trial.good(0))))
    assert '<td class="xl-nb xl-fix-r"><button' in world.page()


def test_suggestion_for_all_alike(world: World) -> None:
    rows = [{**trial.good(n), "证件类型": "身份证"} for n in range(3)] + [{**trial.good(3), "证件类型": "护照"}]
    world.upload(xlsx_file(lines(*rows)))
    page = world.page()
    assert "同样的 3 处都改" in page
    world.post("mend", same=page.split('name="same" value="')[1].split('"')[0])
    assert world.job().counts["error"] == 1


def test_the_number_on_the_button_is_what_it_mends(world: World) -> None:
    """Another word with the same suggestion is not among "all of these", neither in the count nor in the act."""
    rows = [{**trial.good(n), "证件类型": word} for n, word in enumerate(("身份证", " 身份证", "二代身份证"))]
    world.upload(xlsx_file(lines(*rows)))
    page = world.page()
    assert page.count("改为“居民身份证”") == 3 and page.count("同样的 2 处都改") == 2 and "同样的 3 处" not in page
    issue = page.split('name="same" value="')[1].split('"')[0]
    answer = world.client.post(reverse("imports:mend", args=[world.job().pk]), {"same": issue}, follow=True)
    assert "已改 2 处" in answer.content.decode() and world.job().counts["error"] == 1


def test_nobody_is_offered_to_import_no_rows(world: World) -> None:
    """Of the rest it is said how many can be imported, how many wait for a tick, or that there are none."""
    wrong, warned = {**trial.good(0), "姓名": ""}, {**trial.good(1), "手机号": "13811111111"}
    for rows, words in (
        ((wrong,), "没有可以导入的行，请下载错误行，改好后再传"),
        ((wrong, warned), "其余 1 行有提醒，确认后才会导入"),
        ((wrong, trial.good(2)), "可导入其余 1 行"),
    ):
        world.upload(xlsx_file(lines(*rows)))
        page = world.page()
        assert words in page and "其余 0 行" not in page


def test_duplicate_keeps_the_first(world: World) -> None:
    world.upload(xlsx_file(lines(trial.good(0), trial.good(0))))
    page = world.page()
    assert "只留第 2 行" in page
    world.post("mend", one=page.split('name="one" value="')[1].split('"')[0])
    assert (world.job().counts["error"], world.job().counts["dropped"]) == (0, 1)


def test_row_left_out_and_taken_in_again(world: World) -> None:
    world.upload(xlsx_file(lines(trial.good(0), trial.good(1))))
    world.post("drop", number="2")
    assert world.job().counts["valid"] == 1
    assert "恢复第 2 行" in world.page(tab="all")
    world.post("restore", number="2")
    assert world.job().counts["valid"] == 2


def test_warning_waits_for_confirmation(world: World) -> None:
    """A row with a warning is not imported before somebody has ticked it."""
    world.upload(xlsx_file(lines(trial.good(0), {**trial.good(1), "手机号": "13811111111"})))
    page = world.page()
    assert "手机号已被另一位住院医师使用" in page
    assert world.job().counts["ready"] == 1
    group = page.split('name="group" value="')[1].split('"')[0]
    world.post("warnings", group=[group])
    assert "全部导入 2 行" in world.page()
    world.post("warnings")
    assert "导入 1 行有效数据" in world.page()
    world.confirm()
    assert len(trial.state()) == 1
    assert "提醒未确认 1" in world.page()


def test_with_nothing_wrong_there_is_one_button(world: World) -> None:
    world.upload(xlsx_file(lines(trial.good(0), trial.good(1))))
    page = world.page()
    assert "全部导入 2 行" in page and "有效数据" not in page


def test_the_figures_of_a_result_add_up(world: World) -> None:
    """新增, 更新, 未变化, 去掉 and what is not in make the rows of the file, on the result and in 导入记录."""
    world.upload(xlsx_file(lines(trial.good(0), trial.good(1), {**trial.good(2), "手机号": "1390000"})))
    world.post("drop", number="3")
    world.confirm()
    counts = world.job().counts
    parts = [counts[name] for name in ("created", "updated", "unchanged", "dropped", "error", "held")]
    assert parts == [1, 0, 0, 1, 1, 0] and sum(parts) == counts["total"] == 3
    page = world.page()
    assert "共 3 行" in page and '已去掉</span></div><div class="n">1<' in page
    history = world.client.get("/imports/").content.decode()
    figures = re.findall(r'<td class="xl-num"[^>]*>(\d+)<', history)
    assert figures == ["3", "1", "0", "0", "1", "1"]


def test_unreadable_file_comes_back_with_the_reason(world: World) -> None:
    response = world.upload(b"%PDF-1.7 not a table", "名单.xlsx")
    assert response.status_code == 422
    assert "这是 PDF 文件" in response.content.decode()
    assert not ImportJob.objects.for_system("test").exists()


def test_no_file_chosen(world: World) -> None:
    response = world.client.post(reverse("imports:start", args=["trial"]), {"mode": "both"})
    assert response.status_code == 422
    assert "请选择要上传的文件" in response.content.decode()


def test_cancel(world: World) -> None:
    world.upload(xlsx_file(lines(trial.good(0))))
    assert world.post("cancel").status_code == 302
    assert world.job().status == Status.CANCELLED
    assert "没有写入任何数据" in world.page()
    assert world.confirm().status_code == 409
    assert trial.state() == []


@pytest.mark.parametrize("what", ["source", "failed", "result"])
def test_files_are_handed_out_by_post_and_recorded(world: World, what: str) -> None:
    """P-19: clear identity data leaves the house only with a record of who took it."""
    data = xlsx_file(lines(trial.good(0), {**trial.good(1), "手机号": "1390000"}))
    world.upload(data)
    address = reverse("imports:file", args=[world.job().pk, what])
    assert world.client.get(address).status_code == 405
    before = HistoryEntry.objects.for_system("test").count()
    response = world.client.post(address)
    assert response.status_code == 200
    assert what != "source" or response.content == data
    assert HistoryEntry.objects.for_system("test").count() == before + 1


def test_foreign_organisation_sees_nothing(world: World) -> None:
    """Q-10: a sibling base gets 404 everywhere; the province may look and not act."""
    world.upload(xlsx_file(lines(trial.good(0))))
    job = world.job()
    sibling = world.other("base_admin", world.tree.sibling)
    province = world.other("province_reviewer", world.tree.province)
    assert sibling.get(reverse("imports:job", args=[job.pk])).status_code == 404
    for name in ("confirm", "mend", "drop", "restore", "warnings", "cancel", "resume", "failed"):
        assert sibling.post(reverse(f"imports:{name}", args=[job.pk])).status_code == 404, name
        assert province.post(reverse(f"imports:{name}", args=[job.pk])).status_code == 403, name
    page = province.get(reverse("imports:job", args=[job.pk]))
    assert page.status_code == 200
    assert "xl-actbar" not in page.content.decode()
    assert province.get(reverse("imports:start", args=["trial"])).status_code == 403
    assert trial.state() == []


def test_history_is_scoped(world: World) -> None:
    world.upload(xlsx_file(lines(trial.good(0))), "我们的.xlsx")
    assert "我们的.xlsx" in world.client.get(reverse("imports:history")).content.decode()
    sibling = world.other("base_admin", world.tree.sibling)
    assert "我们的.xlsx" not in sibling.get(reverse("imports:history")).content.decode()


def test_pages_of_rows(world: World) -> None:
    world.upload(xlsx_file(lines(*(trial.good(n) for n in range(60)))))
    assert "第 1 / 2 页" in world.page(tab="all")
    assert "第 2 / 2 页" in world.page(tab="all", page="9")
    assert ImportRow.objects.count() == 60


def test_signed_out_is_sent_to_sign_in() -> None:
    assert Client().get(reverse("imports:history")).status_code == 302
