"""A record in each station of its way, made by the acts that lead there: for tables of state × reader."""

from __future__ import annotations

from xinglin.kernel.viewer import Viewer
from xinglin.people.actions import save_section
from xinglin.residents.actions.correcting import return_personal, see_correction
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.actions.training import save_training
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.residents.selectors.record_page import last_correction, visible_enrollment
from xinglin.residents.showing.steps import Flow, flow_of
from xinglin.residents.standing import Standing, standings
from xinglin.reviews import actions as reviews

from . import factories
from .factories import World

STAGES = (
    "imported", "begun", "filled", "ready", "asked", "answered", "seen", "pending", "returned", "approved"
)  # fmt: skip
"""Nothing saved; one part saved and 培训信息 complete; personal complete; all complete; returned to the resident; the
resident answered; the base looked; reported; returned by the province; approved."""
COMMENT = "请补通讯地址"
PROVINCE_COMMENT = "培训信息与招收计划不一致，请核对后再报"


def make(world: World, stage: str) -> Enrollment:
    """A new record of the world's base, brought to the stage."""
    row = factories.make_enrollments(world)[0]
    if stage == "imported":
        return row
    if stage == "begun":
        save_section("basic_info", factories.basic_info(), by=factories.resident_viewer(row))
        save_training(row.pk, factories.training(), by=world.base)
        return row
    if stage == "filled":
        factories.fill_personal(row)
        return row
    resident = factories.complete(row, world)
    if stage in ("asked", "answered", "seen"):
        assert return_personal([row.pk], comment=COMMENT, by=world.base).done == [row.pk]
    if stage in ("answered", "seen"):
        save_personal("basic_info", {"basic_info.address": "澜江市杏林路 8 号"}, by=resident)
    if stage == "seen":
        see_correction(row.pk, by=world.base)
    if stage in ("pending", "returned", "approved"):
        assert reviews.report(RECRUITMENT, [row.pk], by=world.base).done == [row.pk]
    if stage == "returned":
        assert reviews.return_(RECRUITMENT, [row.pk], comment=PROVINCE_COMMENT, by=world.province).done
    if stage == "approved":
        assert reviews.approve(RECRUITMENT, [row.pk], by=world.province).done
    return row


def stand(world: World, row: Enrollment, viewer: Viewer | None = None) -> tuple[Standing, Flow]:
    """How the record stands for the viewer (the base without one), and where in the flow."""
    by = viewer or world.base
    standing = standings([visible_enrollment(by, row.pk)], by)[row.pk]
    return standing, flow_of(standing, last_correction(by, row.pk), [], by)
