"""Role × action, from the code: one function for the page 角色与权限 and for docs/roles.md (P-07, Q-10)."""

from __future__ import annotations

from dataclasses import dataclass

from .roles import OPENS, ROLES, Role


@dataclass(frozen=True, slots=True)
class Permission:
    """``part``: heading on the page; ``label``: what it allows, in the words of the screens; ``meaning``: in English."""

    code: str
    part: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Line:
    """One permission and, role by role in the order of ``roles()``, whether the role has it."""

    permission: Permission
    marks: tuple[bool, ...]


_OWN, _RESIDENTS, _GROUND = "本人", "住院医师管理", "系统管理"
PERMISSIONS = tuple(
    Permission(*words)
    for words in (
        ("own.view", _OWN, "查看本人的信息", "see one's own record"),
        ("own.edit", _OWN, "填写本人的个人信息", "fill in one's own personal record"),
        ("own.reveal", _OWN, "查看本人的完整号码和证件照片", "see one's own full numbers and scans"),
        ("residents.view", _RESIDENTS, "查看住院医师", "see the residents of one's subtree"),
        ("residents.import_accounts", _RESIDENTS, "住院医师账号导入", "import accounts (住院医师账号导入)"),
        ("residents.import_training", _RESIDENTS, "培训信息导入", "import training information (培训信息导入)"),
        ("residents.edit_training", _RESIDENTS, "填写、修改培训信息", "edit training information"),
        ("residents.return_personal", _RESIDENTS, "基本信息退回", "return the personal part to the resident (基本信息退回)"),
        ("residents.report", _RESIDENTS, "上报、撤回上报", "report and recall (上报, 撤回上报)"),
        ("residents.delete", _RESIDENTS, "删除误导入的人员", "delete a wrongly imported resident"),
        ("residents.reset_password", _RESIDENTS, "重置住院医师密码、重新发放初始密码", "reset residents' passwords, renew initial ones"),
        ("residents.review", _RESIDENTS, "审核通过、退回", "approve and return (审核通过, 退回)"),
        ("residents.revoke", _RESIDENTS, "撤销审核决定", "revoke a decision (撤销决定)"),
        ("residents.reveal", _RESIDENTS, "查看完整号码和证件照片（每次查看都有记录）", "see full numbers and scans; each look is recorded"),
        ("residents.history", _RESIDENTS, "查看更新记录", "read the change records"),
        ("residents.export", _RESIDENTS, "导出列表（号码遮盖）", "export lists, sensitive columns masked"),
        ("residents.export_clear", _RESIDENTS, "导出列表（完整号码）", "export lists with sensitive columns in full"),
        ("windows.view", _RESIDENTS, "查看时间安排", "see 时间安排"),
        ("windows.edit", _RESIDENTS, "设置时间安排、延长", "arrange and extend windows"),
        ("rules.edit", _RESIDENTS, "调整核对规则", "switch cross-checks between hard, soft and off"),
        ("organizations.view", _GROUND, "查看组织机构", "see the organisations of one's subtree"),
        ("organizations.edit", _GROUND, "新增、修改组织机构", "open and change organisations"),
        ("organizations.edit_own", _GROUND, "维护本单位科室", "keep one's own departments"),
        ("accounts.view", _GROUND, "查看账号和身份", "see the accounts and identities of one's subtree"),
        ("accounts.open_staff", _GROUND, "开通工作人员账号，授予、结束身份", "open staff accounts, give and end identities (who opens whom: below)"),
        ("accounts.manage", _GROUND, "开通、重置下级账号", "open and reset accounts of the level below"),
        ("codes.view", _GROUND, "查看代码表", "see the code tables"),
        ("codes.edit", _GROUND, "新增、停用代码", "add and retire codes"),
        ("site.edit", _GROUND, "设置平台或本省的名称、标志、联系方式", "set name, contact, colour and logo of the installation or of one's province"),
        ("history.verify", _GROUND, "核验更新记录是否完整", "check the sealed history and export its head digest"),
        ("people.erase", _GROUND, "依法删除个人信息", "delete a person by destroying the key"),
        ("messages.view", _GROUND, "查看消息发送记录", "see what was sent, to whom and whether it arrived"),
    )
)  # fmt: skip


def roles() -> list[Role]:
    """From the top of the tree down."""
    return list(reversed(ROLES.values()))


def granted() -> frozenset[str]:
    """Every permission that any role has."""
    return frozenset().union(*(found.permissions for found in ROLES.values()))


def matrix() -> list[Line]:
    """Every permission of any role, in the order of PERMISSIONS; one without words comes last, with its code."""
    known = {permission.code for permission in PERMISSIONS}
    rest = (Permission(code, _GROUND, code, "") for code in sorted(granted() - known))
    shown = [permission for permission in PERMISSIONS if permission.code in granted()]
    return [Line(found, tuple(found.code in role.permissions for role in roles())) for found in (*shown, *rest)]


def opening_matrix() -> list[tuple[Role, tuple[bool, ...]]]:
    """Who opens whom: each opener with, role by role, whether it may give it."""
    return [(ROLES[code], tuple(role.code in given for role in roles())) for code, given in OPENS.items()]
