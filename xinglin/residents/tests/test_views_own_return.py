"""Both sides of a return as the resident sees it; reports, approvals, contradictions (R-07, R-26)."""

import pytest

from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.models import CheckConfirmation
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tests.factories import complete
from xinglin.residents.tests.own import make_own
from xinglin.reviews import actions as reviews

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    made = make_own()
    complete(made.enrollment, made.world)
    made.refresh()
    return made


def give_back(own, **fields):
    found = return_personal([own.enrollment.pk], comment="请按意见修改", by=own.world.base, field_comments=fields)
    assert found.done


def everything(own, section, **changes):
    """The values that the page would send back, with changes."""
    form = own.get(section).context["form"]
    sent = {key: form.sent(key) for key in form.members if key not in form.fields or not form.fields[key].disabled}
    return {**sent, **changes}


@pytest.mark.req("R-07")
def test_home_and_form_show_the_comment(own):
    give_back(own, **{"basic_info.phone": "请核对手机", "basic_info.id_back": "反光"})
    home = own.client.get("/my/").text
    assert "轮到您" in home
    assert "“请按意见修改”" in home
    assert "2 处要改" in home
    form = own.get().text
    assert "基地：请核对手机" in form
    assert "基地：反光" in form
    assert 'name="reply.basic_info.phone"' in form
    assert '<li><a href="#id_basic_info.phone">手机：请核对手机</a></li>' in form
    other = own.get("education").text
    assert "基地：" not in other
    assert 'href="/my/record/basic_info/#upload-basic_info.id_back"' in other
    assert 'href="/my/record/basic_info/#id_basic_info.phone"' in own.client.get("/my/record/").text


@pytest.mark.req("R-07")
def test_each_field_is_answered_by_a_change_or_a_reply(own):
    give_back(own, **{"basic_info.phone": "请核对手机", "basic_info.email": "请填邮箱"})
    own.send("basic_info", everything(own, "basic_info", **{"basic_info.email": "a@example.com"}))
    assert own.refresh().correction_status == "requested"
    page = own.get().text
    assert "退回意见已处理" in page
    assert "还有 1 处" in page
    answer = own.send("basic_info", everything(own, "basic_info", **{"reply.basic_info.phone": "号码没有错"}))
    assert own.refresh().correction_status == "corrected"
    assert own.correction().replies == {"basic_info.phone": "号码没有错"}
    assert "基地会看到您改了什么" in own.client.get(answer["Location"]).text
    assert "已修改" in own.client.get("/my/").text


@pytest.mark.req("R-07")
def test_reply_to_the_whole_comment_answers_it(own):
    give_back(own)
    silent = own.send("qualifications", everything(own, "qualifications"))
    assert "基地仍在等您" in own.client.get(silent["Location"]).text
    own.send("qualifications", {**everything(own, "qualifications"), "reply": "核对过，没有错"})
    assert own.refresh().correction_status == "corrected"
    assert own.correction().reply == "核对过，没有错"


def test_typed_reply_survives_a_refusal_and_a_draft(own):
    give_back(own, **{"basic_info.phone": "请核对手机"})
    refused = own.send("basic_info", {"basic_info.phone": "1", "reply.basic_info.phone": "写了一半", "act": "save"})
    assert "写了一半" in refused.text
    assert "写了一半" in own.get().text
    assert own.correction().replies == {}


@pytest.mark.req("P-23")
def test_saving_a_reported_record_asks_first_and_then_recalls(own):
    assert reviews.report(RECRUITMENT, [own.enrollment.pk], by=own.world.base).done
    assert "保存改动会撤回上报" in own.get().text
    changed = everything(own, "basic_info", **{"basic_info.address": "新地址"})
    asked = own.send("basic_info", {**changed, "act": "save"})
    assert asked.status_code == 422
    assert "保存并撤回上报" in asked.text
    assert "新地址" in asked.text
    assert own.refresh().recruitment_review.report_status == "reported"
    done = own.send("basic_info", {**changed, "confirm": "1", "act": "save"})
    assert done.status_code == 302
    assert own.refresh().recruitment_review.report_status == "unreported"
    assert "上报已撤回" in own.client.get(done["Location"]).text


@pytest.mark.req("R-07")
def test_saving_nothing_new_recalls_nothing_and_asks_nothing(own):
    assert reviews.report(RECRUITMENT, [own.enrollment.pk], by=own.world.base).done
    for section in ("basic_info", "education", "qualifications"):
        assert own.send(section, {**everything(own, section), "act": "save"}).status_code == 302
    assert own.refresh().recruitment_review.report_status == "reported"


@pytest.mark.req("P-21")
def test_approved_record_is_to_read_with_the_reason(own):
    assert reviews.report(RECRUITMENT, [own.enrollment.pk], by=own.world.base).done
    assert reviews.approve(RECRUITMENT, [own.enrollment.pk], by=own.world.province).done
    page = own.get()
    assert "已审核通过，不能再改" in page.text
    assert "保存草稿" not in page.text
    refused = own.send("basic_info", {"basic_info.address": "新地址", "basic_info.name": own.record.person.name})
    assert refused.status_code == 422
    assert "新地址" in refused.text
    assert own.content["basic_info.address"] == ""
    home = own.client.get("/my/").text
    assert "审核通过" in home
    assert "轮到您" not in home
    record = own.client.get("/my/record/").text
    assert "修改</a>" not in record
    assert "澜江大学" in record


@pytest.mark.req("R-26")
def test_soft_contradiction_shows_both_pieces_and_takes_a_reason(own):
    answer = own.send(
        "education",
        {**everything(own, "education", **{"education.bachelor.degree_number": "1099942019000001"}), "act": "next"},
    )
    assert answer["Location"] == "/my/record/education/?saved=1"
    page = own.client.get(answer["Location"])
    assert "处请核对：填错了就改，属实请写明理由" in page.text
    assert 'href="#id_education.bachelor.degree_number">本科 学位证书编号' in page.text
    rule = page.context["doubts"][0].rule
    without = own.client.post("/my/record/education/confirm", {"rule": rule, "reason": " "}, follow=True)
    assert "请写明理由" in without.text
    done = own.client.post("/my/record/education/confirm", {"rule": rule, "reason": "证书补办"}, follow=True)
    assert "已说明：“证书补办”" in done.text
    assert CheckConfirmation.unscoped.get().confirmed_by_role == "住院医师"


@pytest.mark.req("R-26")
def test_soft_contradiction_that_was_seen_keeps_nobody_from_the_next_step(own):
    doubtful = everything(own, "education", **{"education.bachelor.degree_number": "1099942019000001"})
    assert own.send("education", {**doubtful, "act": "next"})["Location"] == "/my/record/education/?saved=1"
    answer = own.send("education", {**doubtful, "act": "next"})
    assert answer["Location"] == "/my/record/qualifications/"
    assert "处请核对，可以稍后改或写明理由" in own.client.get(answer["Location"]).text


@pytest.mark.req("R-26")
def test_a_fact_of_another_step_is_led_to(own):
    young = {"education.bachelor.graduated_on": "2001-06-30"}
    own.send("education", everything(own, "education", **young))
    page = own.get("basic_info")
    assert any("毕业时只有" in doubt.message for doubt in page.context["doubts"])
    assert 'href="/my/record/education/#id_education.bachelor.graduated_on">本科 毕业时间' in page.text


@pytest.mark.req("R-07", "R-19")
def test_last_save_says_that_nothing_is_left_and_leads_home(own):
    own.send("qualifications", everything(own, "qualifications", **{"qualifications.status": ""}))
    lacking = own.send("qualifications", everything(own, "qualifications", **{"qualifications.status": ""}))
    assert lacking["Location"] == "/my/record/qualifications/?saved=1"
    done = own.send("qualifications", everything(own, "qualifications", **{"qualifications.status": "not_taken"}))
    assert done["Location"] == "/my/"
    assert "全部填完，等基地核对、上报。" in own.client.get("/my/").text
    give_back(own, **{"basic_info.email": "请填邮箱"})
    changed = everything(own, "basic_info", **{"basic_info.email": "a@example.com"})
    assert own.send("basic_info", changed)["Location"] == "/my/"
    home = own.client.get("/my/").text
    assert "退回意见都已处理" in home and "全部填完" not in home


@pytest.mark.req("R-26")
def test_hard_contradiction_stands_at_its_field_after_saving(own):
    changed = everything(
        own, "education", **{"education.master.applies": "1", "education.master.graduated_on": "2001-07-01"}
    )
    answer = own.send("education", {**changed, "act": "next"})
    page = own.client.get(answer["Location"])
    assert own.content["education.master.graduated_on"] == "2001-07-01"
    assert 'id="id_education.master.graduated_on-error"' in page.text or "处要改" in page.text
