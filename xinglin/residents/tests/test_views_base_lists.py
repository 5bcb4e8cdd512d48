"""The lists of 招收信息管理, as bases and the levels above see them."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.urls import reverse

from xinglin.exports.testing import ExportedListContract
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.people.models import Person
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.tables import ChangesList, IntakeList, IntakeOverview, PastList
from xinglin.residents.tables.accounts import AccountsList
from xinglin.reviews import actions as reviews
from xinglin.ui.lists import filters
from xinglin.ui.lists.testing import Scene
from xinglin.windows.models import WindowPhase

from . import factories
from .signed_in import client_of

pytestmark = pytest.mark.django_db
INTAKE = "/residents/intake/"


@pytest.fixture
def world():
    return factories.make_world()


@pytest.mark.req("R-02", "P-15")
class TestIntakeList(ExportedListContract):
    spec, path = IntakeList, INTAKE

    @pytest.fixture
    def scene(self, world):
        inside = factories.make_enrollments(world, 3)
        factories.complete(inside[0], world)
        outside = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)
        return Scene(client_of(world.base), world.base, [e.pk for e in inside], [e.pk for e in outside])


@pytest.mark.req("R-02", "R-23")
class TestIntakeOverview(ExportedListContract):
    spec, path = IntakeOverview, INTAKE

    @pytest.fixture
    def scene(self, world):
        inside = factories.make_enrollments(world, 2) + factories.make_enrollments(
            world, base=world.tree.sibling, by=world.sibling
        )
        outside = factories.make_enrollments(world, base=world.tree.foreign_base, by=world.base)
        return Scene(client_of(world.province), world.province, [e.pk for e in inside], [e.pk for e in outside])


@pytest.mark.req("R-02", "P-25")
@pytest.mark.parametrize("typed", ["阿依古丽•买买提", "阿依古丽 . 买买", "依 古 丽", "古丽・"])
def test_a_name_is_found_however_its_dot_and_spaces_are_typed(world, typed):
    """In every list that filters by the names of people."""
    enrollment = factories.make_enrollments(world, 2)[0]
    Person.unscoped.filter(pk=enrollment.person_id).update(name="阿依古丽·买买提")
    Enrollment.unscoped.filter(pk=enrollment.pk).update(person_name="阿依古丽·买买提")
    for spec in (IntakeList(), AccountsList(), ChangesList()):
        found = filters.read(spec, QueryDict(urlencode({"name": typed})), world.base)
        rows = list(filters.apply(spec.queryset(world.base), found.items, world.base))
        assert rows and len(rows) < spec.queryset(world.base).count(), spec.name
    assert "阿依古丽·买买提" in client_of(world.base).get(INTAKE, {"name": typed}).text


@pytest.mark.req("R-09")
class TestPastList(ExportedListContract):
    spec, path = PastList, "/residents/past/"

    @pytest.fixture
    def scene(self, world):
        inside, outside = [], []
        for by, base, found in ((world.base, world.tree.base, inside), (world.sibling, world.tree.sibling, outside)):
            for enrollment in factories.make_enrollments(world, 2, base=base, by=by):
                factories.fill_personal(enrollment)
                factories.save_training(enrollment.pk, factories.training(), by=by)
                reviews.report(RECRUITMENT, [enrollment.pk], by=by)
                reviews.approve(RECRUITMENT, [enrollment.pk], by=world.province)
                found.append(enrollment.pk)
        return Scene(client_of(world.base), world.base, inside, outside)


@pytest.mark.req("R-16")
class TestChangesList(ExportedListContract):
    spec, path = ChangesList, "/residents/changes/"

    @pytest.fixture
    def scene(self, world):
        mine = factories.make_enrollments(world, 2)
        factories.complete(mine[0], world)
        foreign = factories.make_enrollments(world, base=world.tree.sibling, by=world.sibling)
        rows = HistoryEntry.unscoped.exclude(update_type="")
        inside = rows.filter(person_id__in=[e.person_id for e in mine], subject_type__in=["enrollment", "person"])
        outside = rows.filter(person_id__in=[e.person_id for e in foreign])
        keys = [list(found.values_list("pk", flat=True)) for found in (inside, outside)]
        return Scene(client_of(world.base), world.base, *keys)


def page(viewer, query=""):
    return client_of(viewer).get(f"{INTAKE}{query}").content.decode()


@pytest.mark.req("R-02")
def test_the_base_has_the_manuals_words_and_this_years_window(world):
    factories.make_enrollments(world)
    html = page(world.base, "?more=1")
    words = (
        "招收年份 培训专业 姓名 证件号码 人员类型 应届/往届 医师资格考试 学历 学位 学位类型 核定培训年限 上报状态 审核状态 农村订单定向免费医学毕业生 "
        "西部支援行动住院医师 查询 导出 历史招录信息查询 住院医师账号导入 账号模板下载 基本信息退回 培训信息导入 培训信息模板下载 上报 "
        "基本信息退回情况 基地上报状态 省审核状态 证件类型 手机号"
    )
    assert [word for word in words.split() if word not in html] == []
    assert "招收进行中" in html
    assert "还剩 7 天" in html


@pytest.mark.req("P-19")
def test_numbers_are_masked_in_the_list(world):
    person = factories.make_enrollments(world)[0].person
    html = page(world.base)
    assert person.id_number not in html
    assert person.phone not in html
    assert f"{person.id_number[:6]}********{person.id_number[-4:]}" in html


@pytest.mark.req("R-08")
def test_what_is_missing_stands_beside_the_state(world):
    ready, raw = factories.make_enrollments(world, 2)
    factories.complete(ready, world)
    html = page(world.base)
    assert html.count("data-lacks") == 1
    assert f"{reverse('residents:detail', args=[raw.pk])}#missing" in html


@pytest.mark.req("P-21")
def test_a_closed_window_turns_the_buttons_off_with_the_dates():
    world = factories.make_world(filling=(-20, -2), review=(-20, -1))
    enrollment = factories.make_enrollments(world)[0]
    html = page(world.base)
    assert "招收已结束" in html
    assert "不能导入、编辑、删除、上报" in html
    assert reverse("residents:training", args=[enrollment.pk]) not in html
    assert reverse("residents:delete", args=[enrollment.pk]) not in html


@pytest.mark.req("P-21")
def test_a_province_reads_the_list_without_the_bases_verbs(world):
    enrollment = factories.make_enrollments(world)[0]
    html = page(world.province)
    assert enrollment.person.name in html
    assert world.tree.base.name in html
    assert "住院医师账号导入" not in html
    assert reverse("residents:training", args=[enrollment.pk]) not in html


@pytest.mark.req("P-07")
def test_a_resident_is_not_admitted(world):
    enrollment = factories.make_enrollments(world)[0]
    viewer = factories.resident_viewer(enrollment)
    assert client_of(viewer).get(INTAKE).status_code == 403


@pytest.mark.req("R-02")
def test_another_year_is_asked_for_by_the_address(world):
    enrollment = factories.make_enrollments(world)[0]
    Enrollment.unscoped.filter(pk=enrollment.pk).update(intake_year=clock.today().year - 1)
    assert enrollment.person.name not in page(world.base)
    assert enrollment.person.name in page(world.base, f"?year={clock.today().year - 1}")


@pytest.mark.req("P-12")
def test_the_flow_leads_to_ready_and_to_corrected_ones(world):
    ready, raw = factories.make_enrollments(world, 2)
    factories.complete(ready, world)
    html = page(world.base, "?progress=ready")
    assert ready.person.name in html
    assert f'data-key="{raw.pk}"' not in html
    assert f'data-key="{ready.pk}"' not in page(world.base, "?correction=requested")


@pytest.mark.req("R-08")
def test_recall_of_a_selection_answers_for_each(world):
    ready, raw = factories.make_enrollments(world, 2)
    factories.complete(ready, world)
    reviews.report(RECRUITMENT, [ready.pk], by=world.base)
    answer = client_of(world.base).post(
        INTAKE, {"do": "batch", "action": "recall", "pick": [ready.pk, raw.pk]}, follow=True
    )
    html = answer.content.decode()
    assert "已撤回 1 人的上报" in html
    assert raw.person.name in html
    again = client_of(world.base).post(INTAKE, {"do": "batch", "action": "recall", "pick": [raw.pk]}, follow=True).text
    assert f"{raw.person.name}：未上报，没有可撤回的上报。" in again and "已撤回" not in again and "。。" not in again
    ready.refresh_from_db()
    assert RECRUITMENT.states(world.base).get(pk=ready.pk).report_status == "unreported"


@pytest.mark.req("R-09")
def test_history_keeps_the_name_as_it_stood_and_opens_the_snapshot(world):
    enrollment = factories.make_enrollments(world)[0]
    factories.complete(enrollment, world)
    reviews.report(RECRUITMENT, [enrollment.pk], by=world.base)
    reviews.approve(RECRUITMENT, [enrollment.pk], by=world.province)
    name = enrollment.person.name
    type(enrollment.person).unscoped.filter(pk=enrollment.person_id).update(name="后来改名")
    client = client_of(world.base)
    assert name in client.get("/residents/past/").content.decode()
    snapshot = client.get(reverse("residents:snapshot", args=[enrollment.pk]))
    assert name in snapshot.content.decode()
    assert enrollment.person.id_number not in snapshot.content.decode()
    assert client_of(world.sibling).get(reverse("residents:snapshot", args=[enrollment.pk])).status_code == 404


@pytest.mark.req("R-01")
def test_the_next_window_is_announced():
    world = factories.make_world(filling=(3, 9), review=(3, 12))
    html = page(world.base)
    assert "招收未开始" in html
    start = clock.local(WindowPhase.objects.get(kind="filling").starts_at)
    assert f"{start + timedelta(0):%Y-%m-%d}" in html


@pytest.mark.req("R-21")
def test_a_province_approves_a_selection_of_the_list(world):
    ready = factories.make_enrollments(world)[0]
    factories.complete(ready, world)
    reviews.report(RECRUITMENT, [ready.pk], by=world.base)
    client = client_of(world.province)
    html = client.get(INTAKE).content.decode()
    assert reverse("review:record", args=[ready.pk]) in html
    assert "审核通过" in html
    picked = {"pick": [ready.pk]}
    approve = reverse("review:batch", args=["approve"])
    assert "批量退回" in client.post(reverse("review:batch", args=["return"]), picked, follow=True).content.decode()
    assert "批量审核通过" in client.post(approve, picked, follow=True).content.decode()
    client.post(approve, {**picked, "confirmed": "1"})
    assert RECRUITMENT.states(world.province).get(pk=ready.pk).review_status == "approved"


@pytest.mark.req("P-21", "P-09")
def test_when_review_is_over_too_the_bar_says_so_beforehand():
    world = factories.make_world(filling=(-20, -3), review=(-20, -2))
    factories.make_enrollments(world)
    bar = client_of(world.base).get(INTAKE).context["page"].batch_actions
    assert ["填报已于" in action.reason for action in bar] == [True, True, True]


@pytest.mark.req("R-01")
def test_while_review_runs_a_returned_record_can_still_be_reported():
    world = factories.make_world(filling=(-20, -3), review=(-20, 2))
    factories.make_enrollments(world)
    bar = client_of(world.base).get(INTAKE).context["page"].batch_actions
    assert [action.reason for action in bar] == ["", "", ""]
