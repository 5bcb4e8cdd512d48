"""The review desk as the province, a foreign province and a base meet it (R-21)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.models import User
from xinglin.accounts.tests.factories import make_staff, sign_in
from xinglin.kernel import clock
from xinglin.residents.actions.training import save_training
from xinglin.residents.models import RecruitmentReview
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews
from xinglin.reviews.models import ReviewEvent

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-21")]


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def reported(world):
    rows = factories.make_enrollments(world, 2)
    for row in rows:
        factories.complete(row, world)
    assert len(reviews.report(RECRUITMENT, [row.pk for row in rows], by=world.base).done) == 2
    return rows


def client_of(viewer) -> Client:
    return sign_in(Client(), User.unscoped.get(pk=viewer.user_id))


def decide(client, enrollment, **data):
    version = RecruitmentReview.unscoped.get(pk=enrollment.pk).version_id
    url = reverse("review:decide", args=[enrollment.pk])
    return client.post(url, {"version": version} | data)


def status(enrollment):
    return RecruitmentReview.unscoped.get(pk=enrollment.pk).review_status


def test_desk_shows_everything_as_new_at_the_first_report(world, reported):
    client = client_of(world.province)
    assert client.get(reverse("review:queue")).url == reverse("review:record", args=[reported[0].pk])
    page = client.get(reverse("review:record", args=[reported[0].pk])).content.decode()
    assert "首次上报" in page and "澜江大学" in page and "第 1 / 2 条" in page
    assert reported[0].person.id_number not in page


def test_second_report_shows_only_the_difference(world, reported):
    asked = {"training_info.approved_years": "应为两年"}
    reviews.return_(RECRUITMENT, [reported[0].pk], comment="年限不符", field_comments=asked, by=world.province)
    save_training(reported[0].pk, {"approved_years": 2}, by=world.base)
    reviews.report(RECRUITMENT, [reported[0].pk], by=world.base)
    page = client_of(world.province).get(reverse("review:record", args=[reported[0].pk]))
    assert page.context["comparison"].changed == 2
    asked_last = page.text.partition('<table class="xl-diff">')[0]
    assert "上次退回意见" in asked_last and "“年限不符”" in asked_last and "核定培训年限：</span>应为两年" in asked_last
    assert "核定培训年限" in page.content.decode() and "澜江大学" not in page.content.decode()
    everything = client_of(world.province).get(reverse("review:record", args=[reported[0].pk]) + "?show=all")
    assert "澜江大学" in everything.content.decode()


def test_approval_leads_to_the_next_record(world, reported):
    answer = decide(client_of(world.province), reported[0], verdict="approve")
    assert answer.url == reverse("review:record", args=[reported[1].pk])
    assert status(reported[0]) == "approved"


def test_return_without_comment_is_refused_and_with_field_comment_goes_through(world, reported):
    client = client_of(world.province)
    refused = decide(client, reported[0], verdict="return")
    assert refused.status_code == 422
    assert '<a href="#comment">对整条记录的退回意见：请填写退回意见，基地要按意见修改。</a>' in refused.text
    assert 'aria-describedby="comment-error"' in refused.text and 'id="comment-error"' in refused.text
    key = "education.bachelor.degree_number"
    decide(client, reported[0], verdict="return", **{f"comment.{key}": "与扫描件不一致"})
    state = RecruitmentReview.unscoped.get(pk=reported[0].pk)
    assert state.review_status == "returned" and state.field_comments == {key: "与扫描件不一致"}


def test_comment_and_approval_contradict_each_other_and_input_is_kept(world, reported):
    answer = decide(client_of(world.province), reported[0], verdict="approve", comment="先别通过")
    assert answer.status_code == 422 and "先别通过" in answer.content.decode()
    assert status(reported[0]) == "pending"


def test_a_comment_on_what_did_not_change_is_kept_too_and_led_to(world, reported):
    client, key = client_of(world.province), "basic_info.ethnic_group"
    decide(client, reported[0], verdict="return", comment="年限不符")
    save_training(reported[0].pk, {"approved_years": 2}, by=world.base)
    reviews.report(RECRUITMENT, [reported[0].pk], by=world.base)
    answer = decide(client, reported[0], verdict="approve", **{f"comment.{key}": "与户口簿不一致"})
    assert ">与户口簿不一致</textarea>" in answer.text
    assert '<a href="#f-basic-info-ethnic-group">民族：已写了退回意见' in answer.text


def test_second_reviewer_gets_409_with_the_name_of_the_first(world, reported):
    second = make_staff("province_reviewer", world.tree.province)
    decide(client_of(world.province), reported[0], verdict="approve")
    answer = decide(
        sign_in(Client(), second),
        reported[0],
        verdict="return",
        comment="照片不清",
        **{"comment.education.bachelor.major": "不一致"},
    )
    assert answer.status_code == 409 and answer.text.count(f"已由{world.province.user_name}于") == 1
    assert "“照片不清”" in answer.text and "本科 毕业专业：</span>不一致" in answer.text
    assert f'href="{reverse("review:record", args=[reported[1].pk])}" data-key="j"' in answer.text


def test_who_decides_on_what_the_base_recalled_reads_of_the_recall_not_of_his_own_return(world, reported):
    client, first = client_of(world.province), reported[0]
    decide(client, first, verdict="return", comment="照片不清")
    reviews.report(RECRUITMENT, [first.pk], by=world.base, reply="照片合要求")
    reviews.recall(RECRUITMENT, [first.pk], by=world.base)
    at = ReviewEvent.unscoped.get(verb="recall").at
    said = f"已由{world.base.user_name}（{world.tree.base.name}）于 {clock.local(at):%Y-%m-%d %H:%M:%S} 撤回上报"
    answer = decide(client, first, verdict="approve")
    assert answer.status_code == 409 and f"{said}，您的操作没有生效。" in answer.text
    page = client.get(reverse("review:record", args=[first.pk])).text
    assert f"{said}。已由" in page and f'href="{reverse("review:record", args=[reported[1].pk])}" data-key="j"' in page


def test_revoke_brings_the_record_back_to_the_queue(world, reported):
    client = client_of(world.province)
    decide(client, reported[0], verdict="approve")
    assert client.post(reverse("review:revoke", args=[reported[0].pk]), {"reason": ""}).status_code == 422
    client.post(reverse("review:revoke", args=[reported[0].pk]), {"reason": "看错了人"})
    assert status(reported[0]) == "pending"


def test_foreign_province_sees_nothing_and_base_may_not(world, reported):
    url = reverse("review:record", args=[reported[0].pk])
    assert client_of(world.other_province).get(url).status_code == 404
    assert decide(client_of(world.other_province), reported[0], verdict="approve").status_code == 404
    assert client_of(world.base).get(url).status_code == 403
    assert status(reported[0]) == "pending"


def test_closed_review_phase_shows_why_and_refuses(world, reported):
    phase = world.window.phases.get(kind="review")
    world.window.phases.filter(pk=phase.pk).update(ends_at=phase.starts_at + timedelta(days=1))
    client = client_of(world.province)
    assert "现在不能审核" in client.get(reverse("review:record", args=[reported[0].pk])).content.decode()
    assert decide(client, reported[0], verdict="approve").status_code == 409
    assert "“照片不清”" in decide(client, reported[0], verdict="return", comment="照片不清").text
    assert status(reported[0]) == "pending"


def test_batch_asks_back_then_answers_per_record(world, reported):
    client = client_of(world.province)
    decide(client, reported[0], verdict="approve")
    picked = {"pick": [row.pk for row in reported]}
    asked = client.post(reverse("review:batch", args=["approve"]), picked, follow=True)
    assert status(reported[1]) == "pending" and '已选 <b class="xl-b">2</b>' in asked.content.decode()
    done = client.post(reverse("review:batch", args=["approve"]), picked | {"confirmed": "1"}, follow=True)
    assert done.context["note"].done == 1 and done.context["note"].refused_size == 1
    names = [row.person.name for row in reported]
    assert all(name in asked.text for name in names) and f"审核通过 1 条：{names[1]}。" in done.text
    assert status(reported[1]) == "approved"


def test_pages_of_a_batch_have_addresses_and_read_the_same_again(world, reported):
    client = client_of(world.province)
    url, sent = reverse("review:batch", args=["return"]), {"pick": [row.pk for row in reported], "state": "?year=2026"}
    asked = client.post(url, sent)
    assert asked.status_code == 302
    assert all('已选 <b class="xl-b">2</b>' in client.get(asked["Location"]).text for _ in range(2))
    done = client.post(url, sent | {"confirmed": "1", "comment": "照片不清"})
    assert done.status_code == 302
    pages = [client.get(done["Location"]).text for _ in range(2)]
    assert all("退回 2 条" in page and "没有处理的" not in page and "?year=2026" in page for page in pages)
    for address in (asked["Location"], done["Location"]):
        other = sign_in(Client(), make_staff("province_reviewer", world.tree.province))
        assert other.get(address)["Location"] == reverse("residents:intake")


def test_batch_return_needs_its_comment_and_spares_foreign_records(world, reported):
    picked = {"pick": [reported[0].pk], "confirmed": "1"}
    url = reverse("review:batch", args=["return"])
    assert client_of(world.province).post(url, picked).status_code == 422
    assert client_of(world.other_province).post(url, picked | {"comment": "照片不清"}).status_code == 422
    assert status(reported[0]) == "pending"
    client_of(world.province).post(url, picked | {"comment": "照片不清"})
    assert status(reported[0]) == "returned"
