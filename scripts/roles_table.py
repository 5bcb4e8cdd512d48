"""Who may do what, written to docs/roles.md from the roles in the code: part of `make docs`."""

from __future__ import annotations

from pathlib import Path

from xinglin.accounts.roles import ROLES, Role

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "roles.md"

MEANING = {
    "own.view": "see one's own record",
    "own.edit": "fill in one's own personal record",
    "own.reveal": "see one's own full numbers and scans",
    "residents.view": "see the residents of one's subtree",
    "residents.import_accounts": "import accounts (住院医师账号导入)",
    "residents.import_training": "import training information (培训信息导入)",
    "residents.edit_training": "edit training information",
    "residents.return_personal": "return the personal part to the resident (基本信息退回)",
    "residents.report": "report and recall (上报, 撤回上报)",
    "residents.delete": "delete a wrongly imported resident",
    "residents.reset_password": "reset residents' passwords, renew initial ones",
    "residents.review": "approve and return (审核通过, 退回)",
    "residents.revoke": "revoke a decision (撤销决定)",
    "residents.reveal": "see full numbers and scans; each look is recorded",
    "residents.history": "read the change records",
    "residents.export": "export lists, sensitive columns masked",
    "residents.export_clear": "export lists with sensitive columns in full",
    "windows.view": "see 时间安排",
    "windows.edit": "arrange and extend windows",
    "organizations.view": "see the organisations of one's subtree",
    "organizations.edit": "open and change organisations",
    "organizations.edit_own": "keep one's own departments",
    "accounts.view": "see the accounts and identities of one's subtree",
    "accounts.open_staff": "open staff accounts of one's own base",
    "accounts.manage": "open and reset accounts of the level below",
    "rules.edit": "switch cross-checks between hard, soft and off",
    "codes.view": "see the code tables",
    "codes.edit": "add and retire codes",
    "site.edit": "set name, contact, colour and logo of the installation or of one's province",
    "history.verify": "check the sealed history and export its head digest",
    "people.erase": "delete a person by destroying the key",
    "messages.view": "see what was sent, to whom and whether it arrived",
}
HEAD = """\
# Roles and what they may do

Made by `make docs` from [`xinglin/accounts/roles.py`](../xinglin/accounts/roles.py). A right counts within the scope of
the identity in force: the subtree of its organisation and its track; 住院医师 sees its own person only. The table of every
address × role is [`tests/permissions/cases.py`](../tests/permissions/cases.py), walked by its test.

"""


def permissions() -> list[str]:
    """Every permission of any role, in the order of MEANING; one without a meaning comes last."""
    granted = set().union(*(role.permissions for role in ROLES.values()))
    return [code for code in MEANING if code in granted] + sorted(granted - set(MEANING))


def _roles() -> list[Role]:
    """From the top of the tree down."""
    return list(reversed(ROLES.values()))


def table() -> str:
    """The text of docs/roles.md."""
    roles = _roles()
    who = ["| role | code | at | what for |", "| --- | --- | --- | --- |"]
    who += [f"| {role.label} | `{role.code}` | {role.kind.label} | {role.description} |" for role in roles]
    rows = ["| permission | meaning | " + " | ".join(role.label for role in roles) + " |"]
    rows.append("| --- | --- |" + " :-: |" * len(roles))
    for code in permissions():
        marks = ["●" if code in role.permissions else "" for role in roles]
        rows.append(f"| `{code}` | {MEANING.get(code, '')} | {' | '.join(marks)} |")
    return HEAD + "\n".join(who) + "\n\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    print(f"{TABLE.relative_to(ROOT)}: {len(ROLES)} roles, {len(permissions())} permissions")
