"""Entries: organisations, specialty bases, departments."""

from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind
from xinglin.ui.navigation import MenuItem

VIEW = "organizations.view"
_PARENT = "administration.group-units"


def _hospital(viewer: Viewer) -> bool:
    return viewer.organization_kind == Kind.HOSPITAL


def _above(viewer: Viewer) -> bool:
    return not _hospital(viewer)


ITEMS: tuple[MenuItem, ...] = (
    MenuItem(
        "administration.own-organization", "本单位信息", "building-hospital", "administration:own-organization", VIEW,
        _PARENT, 10, when=_hospital,
    ),
    MenuItem(
        "administration.organizations", "机构管理", "sitemap", "administration:organizations", VIEW, _PARENT, 10,
        when=_above,
    ),
    MenuItem(
        "administration.specialty-bases", "专业基地", "rosette-discount-check", "administration:specialty-bases", VIEW,
        _PARENT, 12,
    ),
    MenuItem("administration.departments", "科室", "stethoscope", "administration:departments", VIEW, _PARENT, 14),
)  # fmt: skip
