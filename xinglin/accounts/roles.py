"""Roles are code: label, description, where they apply, what they may do. Grants are rows."""

from __future__ import annotations

from dataclasses import dataclass

from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Kind

BASE_PERMISSIONS = frozenset(
    {
        "residents.view",
        "residents.import_accounts",
        "residents.edit_training",
        "residents.import_training",
        "residents.delete",
        "residents.return_personal",
        "residents.report",
        "residents.export",
        "residents.export_clear",
        "residents.reveal",
        "residents.reset_password",
        "residents.history",
        "windows.view",
        "organizations.view",
        "organizations.edit_own",
        "accounts.view",
        "codes.view",
    }
)


@dataclass(frozen=True, slots=True)
class Role:
    """``personal``: the identity sees its own person only. ``phone_first``: which face it gets."""

    code: str
    label: str
    description: str
    kind: Kind
    permissions: frozenset[str]
    personal: bool = False
    phone_first: bool = False


ROLES = {
    role.code: role
    for role in (
        Role(
            "resident",
            "住院医师",
            "填写本人的基本信息、学习经历、证书信息，查看培训信息和退回意见。",
            Kind.HOSPITAL,
            frozenset({"own.view", "own.edit", "own.reveal"}),
            personal=True,
            phone_first=True,
        ),
        Role(
            "base_admin",
            "基地管理员",
            "导入账号，核对和退回个人信息，维护培训信息，上报，重置本基地住院医师密码。",
            Kind.HOSPITAL,
            BASE_PERMISSIONS,
        ),
        Role(
            "base_organization",
            "培训基地",
            "基地自己的账号：与基地管理员相同，另可开通本基地工作人员账号。",
            Kind.HOSPITAL,
            BASE_PERMISSIONS | {"accounts.open_staff"},
        ),
        Role(
            "province_reviewer",
            "省级审核",
            "查看本省全部住院医师，审核通过或退回已上报的信息，撤销未生效的决定。",
            Kind.PROVINCE,
            frozenset(
                {
                    "residents.view", "residents.review", "residents.revoke", "residents.export",
                    "residents.export_clear", "residents.reveal", "residents.history", "windows.view",
                    "organizations.view", "codes.view",
                }
            ),
        ),
        Role(
            "province_admin",
            "省级管理员",
            "开通和管理本省培训基地及其账号、本省工作人员账号，设置本省时间安排；可查看，不能审核。",
            Kind.PROVINCE,
            frozenset(
                {
                    "residents.view", "residents.export", "residents.history", "windows.view", "windows.edit",
                    "accounts.view", "accounts.manage", "accounts.open_staff", "organizations.view",
                    "organizations.edit", "codes.view", "site.edit",
                }
            ),
        ),
        Role(
            "association_admin",
            "协会管理员",
            "查看全国，设置时间安排和延长，开通主管部门和省级账号，重置培训基地账号。",
            Kind.ASSOCIATION,
            frozenset(
                {
                    "residents.view", "residents.export", "residents.history", "windows.view", "windows.edit",
                    "accounts.view", "accounts.manage", "accounts.open_staff", "organizations.view",
                    "organizations.edit", "rules.edit", "codes.view", "codes.edit", "site.edit", "history.verify", "people.erase", "messages.view",
                }
            ),
        ),
        Role(
            "ministry_reader",
            "主管部门",
            "查看本体系的全部数据和统计，不做修改。",
            Kind.MINISTRY,
            frozenset(
                {
                    "residents.view", "residents.export", "residents.history", "windows.view", "organizations.view",
                    "codes.view",
                }
            ),
        ),
    )
}  # fmt: skip

# Who opens whom (docs/decisions/0025). Closed under itself: whatever somebody whom I open may open, I may open myself.
OPENS: dict[str, frozenset[str]] = {
    "association_admin": frozenset(
        {
            "ministry_reader", "association_admin", "province_admin", "province_reviewer", "base_organization",
            "base_admin",
        }
    ),
    "province_admin": frozenset({"province_admin", "province_reviewer", "base_organization", "base_admin"}),
    "base_organization": frozenset({"base_admin"}),
}  # fmt: skip

# Roles whose accounts lie above the node of those who keep them: the association keeps the country's accounts, and in
# the tree the ministry stands above it. Reading records goes by the subtree alone.
KEPT_ABOVE: dict[str, frozenset[str]] = {"association_admin": frozenset({"ministry_reader"})}


def keeps(viewer: Viewer, role_code: str, path: str) -> bool:
    """Whether an identity of this role at the organisation of this path is within what the viewer keeps accounts of."""
    if viewer.covers(path):
        return True
    return role_code in KEPT_ABOVE.get(viewer.role, ()) and viewer.organization_path.startswith(path)


def right_to_open(role_code: str) -> str:
    """The permission that giving this role asks for, beside the table of who opens whom."""
    return "accounts.manage" if role_code == "base_organization" else "accounts.open_staff"


def openers_of(role_code: str) -> list[Role]:
    """Roles that may open this one, the nearest level first."""
    return [ROLES[code] for code in reversed(OPENS) if role_code in OPENS[code]]


def role(code: str) -> Role:
    """The role of a grant. Raises KeyError for a code that is not in the product."""
    return ROLES[code]
