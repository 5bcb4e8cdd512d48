"""Why somebody may not change an organisation, and who can: said beside every button that is off (P-21)."""

from __future__ import annotations

from dataclasses import dataclass

from xinglin.kernel.viewer import Viewer
from xinglin.organizations.actions import EDIT, EDIT_OWN
from xinglin.organizations.enums import Kind, Track
from xinglin.organizations.models import Organization

ADMINISTERED = "由本省省级管理员或中国医师协会维护。"
OWN_PART = "由本省省级管理员或中国医师协会维护；本单位可以改联系方式和科室。"


@dataclass(frozen=True, slots=True)
class Rights:
    """Reasons why not, "" where it may be done. ``edit``: the node and what it may be; ``own``: contact, departments.

    ``track``: the only track that the identity administers, "" for both.
    """

    edit: str
    own: str
    track: str = ""

    def for_track(self, track: str) -> str:
        """Why what belongs to a track cannot be changed."""
        if not self.edit and self.track and track and track != self.track:
            return f"当前身份只管理{Track(self.track).label}。请切换身份。"
        return self.edit


def rights_of(viewer: Viewer, organization: Organization) -> Rights:
    """What the viewer may change of a visible organisation."""
    track = viewer.track or ""
    if viewer.may(EDIT) and viewer.covers(organization.path):
        return Rights("", "", track)
    if viewer.may(EDIT_OWN) and viewer.covers(organization.path):
        return Rights(OWN_PART, "", track)
    only = f"当前身份“{viewer.role_label}”只能查看，{ADMINISTERED}"
    own = f"当前身份“{viewer.role_label}”只能查看，由该单位自己或其省级管理员维护。"
    return Rights(only, own, track)


def why_no_child(viewer: Viewer, organization: Organization) -> str:
    """Why nothing can be set up under a visible organisation; "" when it can."""
    if organization.kind == Kind.HOSPITAL:
        return "医院（单位）是最末一级，之下只有科室。"
    return rights_of(viewer, organization).edit
