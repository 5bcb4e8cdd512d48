"""编辑 培训信息: values, refusals, and whoever was slower (R-05)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from xinglin.kernel import clock
from xinglin.organizations.models import Affiliation
from xinglin.residents.actions.training import save_training
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews
from xinglin.windows.models import WindowPhase

from . import factories
from .signed_in import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-05")]


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def enrollment(world):
    return factories.make_enrollments(world)[0]


@pytest.fixture
def client(world):
    return client_of(world.base)


def address(enrollment):
    return reverse("residents:training", args=[enrollment.pk])


def sent(client, enrollment, **changes):
    """What the form sends when somebody opens it and fills it in."""
    token = client.get(address(enrollment)).context["token"]
    values = {key: {True: "1", False: "0"}.get(value, value) for key, value in factories.training().items()}
    return {**values, "seen": token, **changes}


def stored(enrollment):
    return Enrollment.unscoped.get(pk=enrollment.pk)


def test_a_filled_form_is_saved_and_the_end_follows(client, enrollment):
    answer = client.post(address(enrollment), sent(client, enrollment), follow=True)
    row = stored(enrollment)
    assert f"已保存{enrollment.person.name}的培训信息" in answer.content.decode()
    assert (row.specialty, row.approved_years, row.military_hospital) == (factories.INTERNAL_MEDICINE, 3, False)
    assert row.ends_on.isoformat() == f"{row.starts_on.year + 3}-08-31"


def test_missing_values_are_accepted_and_counted(client, enrollment):
    answer = client.post(address(enrollment), sent(client, enrollment, funding_plan=""), follow=True)
    assert "还缺 1 项，补齐后才能上报" in answer.content.decode()


def test_malformed_values_are_refused_at_the_field_and_kept(client, enrollment):
    data = sent(
        client,
        enrollment,
        personnel_type="own_employee",
        employer_name="云川第一医院",
        employer_uscc="12345",
        starts_on="2026-02-30",
    )
    answer = client.post(address(enrollment), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="12345"' in html
    assert "这一天不存在" in html
    assert "还有 2 处要改" in html
    assert stored(enrollment).specialty == ""


def test_only_the_bases_own_specialties_can_be_chosen(client, enrollment):
    answer = client.post(address(enrollment), sent(client, enrollment, specialty="0200"))
    assert answer.status_code == 422
    assert "没有这一项" in answer.content.decode()


def test_an_end_set_by_hand_keeps_its_reason(client, enrollment):
    year = factories.training()["starts_on"].year
    data = sent(client, enrollment, ends_on=f"{year + 3}-12-31", ends_on_reason="产假顺延")
    client.post(address(enrollment), data)
    row = stored(enrollment)
    assert (row.ends_on.month, row.ends_on_reason) == (12, "产假顺延")


@pytest.mark.req("P-02")
def test_beyond_the_capacity_warns_and_saves(world, client, enrollment):
    from xinglin.organizations.models import SpecialtyBase

    SpecialtyBase.unscoped.filter(organization=world.tree.base).update(capacity=1)
    other = factories.make_enrollments(world)[0]
    save_training(other.pk, factories.training(), by=world.base)
    answer = client.post(address(enrollment), sent(client, enrollment), follow=True)
    assert "第 2 人，超过核定容量（1 人）" in answer.content.decode()
    assert stored(enrollment).specialty == factories.INTERNAL_MEDICINE


def test_whoever_was_slower_is_told_and_loses_nothing(world, client, enrollment):
    data = sent(client, enrollment, affiliate_name="青屏市第二医院")
    save_training(enrollment.pk, {**factories.training(), "approved_years": 2}, by=world.base)
    answer = client.post(address(enrollment), data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert world.base.user_name in html
    assert "青屏市第二医院" in html
    assert "现在保存的是：2" in html
    assert stored(enrollment).approved_years == 2
    data["seen"] = answer.context["token"]
    client.post(address(enrollment), data)
    assert stored(enrollment).approved_years == 3


@pytest.mark.req("P-09")
def test_a_window_that_closed_meanwhile_says_so_and_keeps_the_input(client, enrollment):
    data = sent(client, enrollment, affiliate_name="青屏市第二医院")
    for phase in WindowPhase.objects.all():
        phase.ends_at = phase.starts_at.replace(microsecond=0) + (phase.ends_at - phase.starts_at) / 3
        phase.save()
    answer = client.post(address(enrollment), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "填报已于" in html
    assert "青屏市第二医院" in html
    assert stored(enrollment).specialty == ""


@pytest.mark.req("P-23")
def test_a_reported_record_says_beforehand_that_saving_recalls_it(world, client, enrollment):
    factories.complete(enrollment, world)
    reviews.report(RECRUITMENT, [enrollment.pk], by=world.base)
    assert "保存改动后会撤回上报" in client.get(address(enrollment)).content.decode()
    client.post(address(enrollment), sent(client, enrollment, approved_years="2", ends_on=""))
    assert RECRUITMENT.states(world.base).get(pk=enrollment.pk).report_status == "unreported"


@pytest.mark.req("P-21")
def test_an_approved_record_is_read_only_with_the_reason(world, client, enrollment):
    factories.complete(enrollment, world)
    reviews.report(RECRUITMENT, [enrollment.pk], by=world.base)
    reviews.approve(RECRUITMENT, [enrollment.pk], by=world.province)
    html = client.get(address(enrollment)).content.decode()
    assert "已审核通过，不能再改" in html
    assert 'name="specialty"' not in html


@pytest.mark.req("P-23")
def test_a_double_click_saves_once(client, enrollment):
    data = sent(client, enrollment, once="token-of-this-form")
    first = client.post(address(enrollment), data)
    again = client.post(address(enrollment), data)
    assert (first.status_code, again.status_code) == (302, 302)
    assert again["Location"] == first["Location"]


def test_over_the_list_the_form_comes_alone(client, enrollment):
    for name in ("training", "delete"):
        address_of_it = reverse(f"residents:{name}", args=[enrollment.pk])
        html = client.get(address_of_it, headers={"X-Dialog": "1"}).content.decode()
        assert "<html" not in html
        assert 'id="remote-t"' in html
        assert "<html" in client.get(address_of_it).content.decode()


@pytest.mark.req("P-03")
def test_units_that_serve_the_base_today_are_offered_and_others_may_be_typed(world):
    enrollment = factories.make_enrollments(world)[0]
    tree = world.tree
    today = clock.today()
    spans = {tree.sibling: (today, None), tree.foreign_base: (today - timedelta(days=9), today - timedelta(days=1))}
    for unit, (starts, ends) in spans.items():
        Affiliation.unscoped.create(base=tree.base, affiliate=unit, starts_on=starts, ends_on=ends)
    url = reverse("residents:training", args=[enrollment.pk])
    page = client_of(world.base).get(url).content.decode()
    assert f'<option value="{tree.sibling.name}">' in page
    assert f'<option value="{tree.foreign_base.name}">' not in page, "it serves the base no more"
    save_training(enrollment.pk, {"affiliate_name": "新设的社区中心"}, by=world.base)
    assert "新设的社区中心" in client_of(world.base).get(url).content.decode()
