"""The page of one record, stage by stage and reader by reader: whose turn, which button, what is told (R-06, P-12, P-21).

The tables are written from the specification: the flow of mock 05 and the verbs that R-07, R-08 and R-21 give to whom.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.tests.factories import make_staff, viewer_of
from xinglin.kernel.viewer import Viewer
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.models import Enrollment
from xinglin.residents.selectors.record_page import last_correction
from xinglin.residents.showing.missing import missing_of
from xinglin.residents.showing.next_step import next_step, other_steps

from . import factories, stages
from .own import client_of as resident_client
from .signed_in import client_of
from .stages import STAGES

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-06", "P-12")]

LABELS = ["账号导入", "本人填写", "基地核对", "基地上报", "省级审核", "纳入在培"]
# stage → step that somebody has to take (0 is 账号导入), who holds it
HOLDS = {
    "imported": (1, "住院医师本人"), "begun": (1, "住院医师本人"), "filled": (2, "培训基地"), "ready": (3, "培训基地"),
    "asked": (1, "住院医师本人"), "answered": (2, "培训基地"), "seen": (3, "培训基地"), "pending": (4, "省级审核"),
    "returned": (3, "培训基地"), "approved": (5, ""),
}  # fmt: skip
# stage → the base's one primary button
NEXT_OF_BASE = {
    "imported": "补培训信息", "begun": "退回本人补", "filled": "补培训信息", "ready": "上报", "asked": None,
    "answered": "看本人修改", "seen": "上报", "pending": None, "returned": "重新上报", "approved": None,
}  # fmt: skip
# stage → the base's other buttons that are off, with a word of the reason
OFF = {
    "imported": {}, "begun": {}, "filled": {}, "ready": {}, "answered": {}, "seen": {}, "returned": {},
    "asked": {"基本信息退回": "正在等本人修改"},
    "pending": {"删除": "撤回"},
    "approved": {"编辑培训信息": "审核通过", "基本信息退回": "审核通过", "删除": "审核通过"},
}  # fmt: skip
TABS = ["基本信息", "学习经历", "证书信息", "培训信息", "培训状态"]


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


@pytest.fixture
def rows(world: factories.World) -> dict[str, Enrollment]:
    return {stage: stages.make(world, stage) for stage in STAGES}


def readers(world: factories.World) -> dict[str, Viewer]:
    tree = world.tree
    ministry = viewer_of(make_staff("ministry_reader", tree.ministry))
    return {"base": world.base, "province": world.province, "association": world.association, "ministry": ministry}


def test_the_place_in_the_flow_and_who_holds_it(world: factories.World, rows: dict[str, Enrollment]) -> None:
    wrong = []
    for stage, row in rows.items():
        for name, viewer in readers(world).items():
            _standing, flow = stages.stand(world, row, viewer)
            at, holder = HOLDS[stage]
            if (flow.at, flow.holder) != (at, holder) or [step.label for step in flow.steps] != LABELS:
                wrong.append(f"{stage} for {name}: {flow.at} {flow.holder}")
            states = [step.state for step in flow.steps]
            before = ["done"] * at
            mine = (name == "base" and at in (2, 3)) or (name == "province" and at == 4)
            here = "done" if at == 5 else "turn" if mine else "now"
            after = ["back" if stage == "returned" and number == 4 else "" for number in range(at + 1, 6)]
            if states != [*before, here, *after]:
                wrong.append(f"{stage} for {name}: {states}")
    assert not wrong, "\n".join(wrong)


def test_at_most_one_step_is_the_readers_turn(world: factories.World, rows: dict[str, Enrollment]) -> None:
    """轮到您 stands for the base at its own three tasks, for the province at the review, for those above nowhere."""
    turns: dict[str, set[str]] = {name: set() for name in readers(world)}
    for name, viewer in readers(world).items():
        for stage, row in rows.items():
            steps = stages.stand(world, row, viewer)[1].steps
            assert sum(step.state == "turn" for step in steps) <= 1
            if any(step.state == "turn" for step in steps):
                turns[name].add(stage)
    assert turns["base"] == {"filled", "ready", "answered", "seen", "returned"}
    assert turns["province"] == {"pending"}
    assert turns["association"] == turns["ministry"] == set()


@pytest.mark.req("R-07", "R-08", "R-21", "P-21")
def test_the_primary_button_of_each_reader(world: factories.World, rows: dict[str, Enrollment]) -> None:
    wrong = []
    for stage, row in rows.items():
        wanted = {"base": NEXT_OF_BASE[stage], "province": "审核" if stage == "pending" else None}
        for name, viewer in readers(world).items():
            standing, flow = stages.stand(world, row, viewer)
            do = next_step(standing, last_correction(viewer, row.pk), flow, viewer)
            if (do.label if do else None) != wanted.get(name):
                wrong.append(f"{stage} for {name}: {do}")
            if do is not None and do.reason:
                wrong.append(f"{stage} for {name}: the primary button is off: {do.reason}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("R-04", "R-05", "P-21")
def test_the_other_buttons_and_why_they_are_off(world: factories.World, rows: dict[str, Enrollment]) -> None:
    wrong = []
    for stage, row in rows.items():
        for name, viewer in readers(world).items():
            standing, _flow = stages.stand(world, row, viewer)
            found = {do.label: do.reason for do in other_steps(standing, viewer)}
            wanted = ["编辑培训信息", "基本信息退回", *(["撤回上报"] * (stage == "pending")), "删除"]
            if list(found) != (wanted if name == "base" else []):
                wrong.append(f"{stage} for {name}: {list(found)}")
            if name != "base":
                continue
            off = {label: reason for label, reason in found.items() if reason}
            if set(off) != set(OFF[stage]):
                wrong.append(f"{stage}: off are {off}")
            wrong += [
                f"{stage}: {label}: {off[label]}"
                for label, word in OFF[stage].items()
                if word not in off.get(label, "") or not off[label].endswith("。")
            ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("R-08")
def test_what_is_missing_is_sorted_by_who_can_mend_it(world: factories.World, rows: dict[str, Enrollment]) -> None:
    personal = {"imported", "begun", "asked"}
    training = {"imported", "filled"}
    for stage, row in rows.items():
        standing, _flow = stages.stand(world, row)
        found = missing_of(standing, world.base)
        assert bool(found.personal) == (stage in personal), (stage, found.personal)
        assert bool(found.training) == (stage in training), (stage, found.training)
        assert all(issue.field.startswith("training_info.") for issue in found.training)
        assert not any(issue.field.startswith("training_info.") for issue in found.personal)
        assert found.size == len(found.personal) + len(found.training) and not found.hard and not found.soft
        assert found.may_mend
        assert not missing_of(standing, world.province).may_mend


@pytest.mark.req("P-19")
def test_the_page_has_the_manuals_tabs_and_no_full_number(world: factories.World, rows: dict[str, Enrollment]) -> None:
    clients = {name: client_of(viewer) for name, viewer in readers(world).items()}
    for stage in ("imported", "ready", "pending", "approved"):
        row = rows[stage]
        person = row.person
        for name, client in clients.items():
            answer = client.get(reverse("residents:detail", args=[row.pk]))
            assert [tab.title for tab in answer.context["tabs"]] == TABS, (stage, name)
            assert answer.context["chosen"].title == "基本信息"
            assert person.name in answer.text
            for number in (person.id_number, person.phone):
                assert number not in answer.text, (stage, name)
            assert answer.context["may_reveal"] == (name in ("base", "province")), name
            assert answer.context["flow"].at == HOLDS[stage][0]


def test_a_strange_tab_leads_to_the_first_and_each_tab_to_itself(world: factories.World) -> None:
    row, client = stages.make(world, "ready"), client_of(world.base)
    keys = {"basic_info": "基本信息", "education": "学习经历", "qualifications": "证书信息",
            "training_info": "培训信息", "training_status": "培训状态"}  # fmt: skip
    for key, title in keys.items():
        assert client.get(f"/residents/{row.pk}/?tab={key}").context["chosen"].title == title
    for strange in ("", "x", "training", "基本信息"):
        assert client.get(f"/residents/{row.pk}/", {"tab": strange}).context["chosen"].title == "基本信息"


@pytest.mark.req("P-03", "P-07")
def test_who_reads_the_page_at_all(world: factories.World) -> None:
    row = stages.make(world, "pending")
    url = reverse("residents:detail", args=[row.pk])
    for viewer in readers(world).values():
        assert client_of(viewer).get(url).status_code == 200
    for viewer in (world.sibling, world.other_province):
        refused = client_of(viewer).get(url)
        assert refused.status_code == 404 and row.person.name not in refused.text
    own = resident_client(row).get(url)
    assert own.status_code == 403 and row.person.id_number not in own.text
    out = Client().get(url)
    assert out.status_code == 302 and "sign-in" in out.url
    assert client_of(world.base).get(reverse("residents:detail", args=[row.pk + 999])).status_code == 404


@pytest.mark.req("R-16")
def test_the_history_is_for_those_who_may_read_it_and_filters_by_kind(world: factories.World) -> None:
    row, client = stages.make(world, "seen"), client_of(world.base)
    url = reverse("residents:detail", args=[row.pk])
    everything = client.get(url).context
    kinds = [line.kind for line in everything["lines"]]
    assert everything["may_history"] and set(kinds) == {"changed", "flow"}
    for kind in ("changed", "flow", "seen"):
        shown = client.get(url, {"log": kind}).context
        assert [line.kind for line in shown["lines"]] == [found for found in kinds if found == kind]
        assert shown["log_size"] == everything["log_size"] == len(kinds)
    assert client.get(url, {"log": "strange"}).context["log"] == ""
    assert client.get(url, {"log": "off"}).context["log_shown"] is False


@pytest.mark.req("P-19")
def test_numbers_in_full_are_shown_by_a_post_of_those_who_may(world: factories.World) -> None:
    row = stages.make(world, "ready")
    url = reverse("residents:reveal", args=[row.pk])
    wanted = {"base": 200, "province": 200, "association": 403, "ministry": 403}
    for name, viewer in readers(world).items():
        answer = client_of(viewer).post(url)
        assert answer.status_code == wanted[name], name
        assert (row.person.id_number in answer.text) == (wanted[name] == 200), name
    assert client_of(world.base).get(url).status_code == 405
    for viewer in (world.sibling, world.other_province):
        assert client_of(viewer).post(url).status_code == 404
    seen = client_of(world.base).get(reverse("residents:detail", args=[row.pk])).context["identity_views"]
    assert seen == 2


@pytest.mark.req("R-07")
def test_remarks_stand_at_their_fields_until_they_are_answered(world: factories.World) -> None:
    row = stages.make(world, "ready")
    key, client = "basic_info.address", client_of(world.base)
    assert return_personal([row.pk], comment="见各项", field_comments={key: "请写到门牌号"}, by=world.base).done

    def cell() -> Any:
        tabs = client.get(reverse("residents:detail", args=[row.pk])).context["tabs"]
        return next(cell for tab in tabs for group in tab.groups for cell in group.cells if cell.key == key)

    assert (cell().comment, cell().changed) == ("请写到门牌号", False)
    save_personal("basic_info", {key: "澜江市杏林路 9 号"}, by=factories.resident_viewer(row))
    assert (cell().comment, cell().was, cell().value) == ("", "--", "澜江市杏林路 9 号")


def test_reports_and_returns_leave_their_dates_at_the_steps(world: factories.World) -> None:
    day = re.compile(r"\d\d-\d\d")
    client = client_of(world.base)

    def notes(stage: str) -> list[str]:
        row = stages.make(world, stage)
        return [step.note for step in client.get(f"/residents/{row.pk}/").context["flow"].steps]

    imported, pending, returned, approved = map(notes, ("imported", "pending", "returned", "approved"))
    assert day.fullmatch(imported[0]) and imported[1] == "还没有填写" and imported[2] == "" and imported[4] == ""
    assert imported[3].endswith("还剩 7 天") and imported[5] == "通过后自动"
    assert pending[3].startswith(world.base.user_name) and day.search(pending[3]) and pending[4] == "待审核"
    assert returned[4].endswith("退回 1 次") and returned[3].endswith("还剩 12 天")
    assert approved[4].startswith(world.province.user_name) and day.fullmatch(approved[5])
