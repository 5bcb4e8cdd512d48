"""上报 from the list and from the record: what goes through, what is missing, reasons, big selections (R-08, R-26)."""

import re

import pytest
from django.urls import reverse

from xinglin.jobs.models import Job
from xinglin.jobs.running import run_job
from xinglin.people.actions import save_section
from xinglin.residents.models import CheckConfirmation
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.views import reporting
from xinglin.reviews import actions as reviews

from . import factories
from .signed_in import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-08")]
REPORT = "/residents/intake/report/"


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def ready(world):
    enrollment = factories.make_enrollments(world)[0]
    factories.complete(enrollment, world)
    return enrollment


@pytest.fixture
def soft(world):
    """Complete, but the degree certificate is of another year than the graduation."""
    enrollment = factories.make_enrollments(world)[0]
    resident = factories.complete(enrollment, world)
    save_section("education", {"education.bachelor.degree_number": "1099942019000001"}, by=resident)
    return enrollment


@pytest.fixture
def client(world):
    return client_of(world.base)


def state(world, enrollment):
    return RECRUITMENT.states(world.base).get(pk=enrollment.pk).report_status


def test_complete_ones_go_through_and_the_list_says_so(world, client, ready):
    answer = client.post(REPORT, {"pick": [ready.pk], "state": "?year=2026"}, follow=True)
    assert "已上报 1 人，等省级审核" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/residents/intake/?year=2026"
    assert state(world, ready) == "reported"


def test_each_refused_one_has_everything_that_is_missing(world, client, ready):
    raw = factories.make_enrollments(world)[0]
    save_section("basic_info", {"basic_info.email": "a@example.com"}, by=factories.resident_viewer(raw))
    html = client.post(REPORT, {"pick": [ready.pk, raw.pk]}, follow=True).content.decode()
    assert "已上报 1 人" in html
    for word in ("缺：民族、", "培训专业、", "学习经历至少填一个学历"):
        assert word in html
    assert reverse("residents:training", args=[raw.pk]) in html
    assert f"{reverse('residents:return', args=[raw.pk])}?missing=1" in html
    assert state(world, raw) == "unreported"


def test_looking_reports_nothing(world, client, ready):
    raw = factories.make_enrollments(world)[0]
    html = client.post(REPORT, {"pick": [ready.pk, raw.pk], "look": "1"}, follow=True).content.decode()
    assert "上报前看缺什么" in html
    assert "资料齐全，可以上报" in html
    assert state(world, ready) == "unreported"


def test_all_matching_rows_are_found_by_the_server(world, client, ready):
    token = client.get("/residents/intake/").context["page"].token
    client.post(REPORT, {"selection": token})
    assert state(world, ready) == "reported"
    assert client.post(REPORT, {"selection": token + "x"}).status_code == 422


@pytest.mark.req("R-26")
def test_soft_contradictions_want_one_reason_for_all(world, client, soft):
    answer = client.post(REPORT, {"pick": [soft.pk]}, follow=True)
    html = answer.content.decode()
    assert "说明理由并上报 1 人" in html
    assert "学位证书编号" in html
    assert state(world, soft) == "unreported"
    empty = client.post(REPORT, {"pick": [soft.pk], "reason": " "})
    assert empty.status_code == 422
    assert "请写明理由" in empty.content.decode()
    client.post(REPORT, {"pick": [soft.pk], "reason": "证书补办，编号以补办为准"})
    assert state(world, soft) == "reported"
    assert CheckConfirmation.unscoped.get().reason == "证书补办，编号以补办为准"


@pytest.mark.req("R-21")
def test_what_came_back_and_was_not_changed_goes_again_with_words_which_the_reviewer_reads(world, client, ready):
    reviews.report(RECRUITMENT, [ready.pk], by=world.base)
    reviews.return_(RECRUITMENT, [ready.pk], comment="请更换照片", by=world.province)
    page = client.post(REPORT, {"pick": [ready.pk], "state": "?year=2026"}, follow=True).text
    assert "省级退回后没有修改，没有上报" in page and "“请更换照片”" in page and "附上说明并上报 1 人" in page
    assert "资料齐全，可以上报" not in page
    for words, said in ((" ", "请写明说明"), ("说" * 501, "最多 500 个字")):
        refused = client.post(REPORT, {"pick": [ready.pk], "reply": words})
        assert refused.status_code == 422 and said in refused.text and "附上说明并上报" in refused.text
    assert state(world, ready) == "unreported"
    done = client.post(REPORT, {"pick": [ready.pk], "reply": "照片是上周新拍的", "state": "?year=2026"})
    assert done["Location"] == "/residents/intake/?year=2026" and state(world, ready) == "reported"
    desk = client_of(world.province).get(reverse("review:record", args=[ready.pk])).text
    assert "退回后没有修改，附有说明" in desk and "“照片是上周新拍的”" in desk and "“请更换照片”" in desk
    assert "项都与上次审核的一致" in desk and "其余" not in desk
    assert re.search(r'<span class="xl-nb">[0-9: -]+ 上报（第 2 次）</span>', desk)


def test_foreign_rows_wrong_roles_and_get_do_nothing(world, client, ready):
    assert client_of(world.sibling).post(REPORT, {"pick": [ready.pk]}).status_code == 422
    assert client_of(world.province).post(REPORT, {"pick": [ready.pk]}).status_code == 403
    alone = client.get(REPORT)
    assert (alone.status_code, alone["Allow"]) == (405, "POST") and "这个地址不能直接打开" in alone.text
    assert state(world, ready) == "unreported"


def test_a_double_click_reports_once_and_shows_the_same_result(world, client, ready):
    data = {"pick": [ready.pk], "once": "token-of-the-list"}
    first, again = client.post(REPORT, data), client.post(REPORT, data)
    assert first["Location"] == again["Location"]
    assert state(world, ready) == "reported"


@pytest.mark.req("P-09")
def test_a_closed_window_is_said_for_each():
    world = factories.make_world(filling=(-20, -2), review=(-20, -1))
    enrollment = factories.make_enrollments(world)[0]
    html = client_of(world.base).post(REPORT, {"pick": [enrollment.pk]}, follow=True).content.decode()
    assert "现在不能上报" in html
    assert "填报已于" in html


def test_a_result_of_another_session_is_forgotten(client):
    assert client.get(reverse("residents:report-result", args=["unknown"]))["Location"] == "/residents/intake/"


def test_recall_of_one_record(world, client, ready):
    client.post(REPORT, {"pick": [ready.pk]})
    address = reverse("residents:recall", args=[ready.pk])
    assert client_of(world.sibling).post(address).status_code == 404
    client.post(address)
    assert state(world, ready) == "unreported"
    assert client.post(address).status_code == 422


@pytest.mark.req("Q-09")
def test_a_big_selection_is_reported_in_the_background(world, client, ready, monkeypatch):
    monkeypatch.setattr(reporting, "AT_ONCE", 0)
    answer = client.post(REPORT, {"pick": [ready.pk]})
    job = Job.unscoped.get()
    assert answer["Location"] == reverse("residents:report-job", args=[job.pk])
    assert "正在上报" in client.get(answer["Location"]).content.decode()
    assert client_of(world.sibling).get(answer["Location"]).status_code == 404
    run_job(job.pk, worker="test", beat=False)
    assert state(world, ready) == "reported"
    assert "已上报 1 人" in client.get(answer["Location"]).content.decode()


@pytest.mark.req("R-21")
def test_what_the_province_said_of_single_fields_stands_wherever_its_comment_does(world, client, ready):
    fields = {"education.bachelor.major": "与学历证书不一致", "basic_info.photo": "不是白底"}
    reviews.report(RECRUITMENT, [ready.pk], by=world.base)
    reviews.return_(RECRUITMENT, [ready.pk], comment="请核对", field_comments=fields, by=world.province)
    detail = client.get(reverse("residents:detail", args=[ready.pk])).text
    assert (
        detail.index("“请核对”") < detail.index("个人照片：</span>不是白底") < detail.index("毕业专业：</span>与学历")
    )
    assert '基本信息<span class="xl-count xl-count-bad m-0">意见 1</span>' in detail
    assert "请核对<br>个人照片：不是白底<br>本科 毕业专业：与学历证书不一致" in detail
    assert "本科 毕业专业：</span>与学历证书不一致" in client.post(REPORT, {"pick": [ready.pk]}, follow=True).text
    client.post(REPORT, {"pick": [ready.pk], "reply": "照片是上周新拍的"})
    desk = client_of(world.province).get(reverse("review:record", args=[ready.pk])).text
    assert desk.count("本科 毕业专业：</span>与学历证书不一致") == 2  # above the difference, and in 审核经过
