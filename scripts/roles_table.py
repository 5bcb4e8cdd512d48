"""Who may do what, written to docs/roles.md from the roles in the code: part of `make docs`."""

from __future__ import annotations

from pathlib import Path

from xinglin.accounts.matrix import PERMISSIONS, matrix, opening_matrix, roles

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "roles.md"
MEANING = {permission.code: permission.meaning for permission in PERMISSIONS}
HEAD = """\
# Roles and what they may do

Made by `make docs` from [`xinglin/accounts/roles.py`](../xinglin/accounts/roles.py); the page 角色与权限 shows the same
table from the same function. A right counts within the scope of the identity in force: the subtree of its organisation
and its track; 住院医师 sees its own person only. The table of every address × role is
[`tests/permissions/cases.py`](../tests/permissions/cases.py), walked by its test.

"""
OPENING = """
## Who opens whom
Giving, ending and dating identities, opening staff accounts, and resetting passwords follow this table, within the
giver's subtree and track, never for oneself ([0025](decisions/0025-who-opens-whom.md)).

"""


def permissions() -> list[str]:
    """Every permission of any role, in the order of the table."""
    return [line.permission.code for line in matrix()]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _marks(marks: tuple[bool, ...]) -> list[str]:
    return ["●" if mark else "" for mark in marks]


def table() -> str:
    """The text of docs/roles.md."""
    found, labels = roles(), [role.label for role in roles()]
    centred = f" {' | '.join([':-:'] * len(found))} |"
    who = [_row("role", "code", "at", "what for"), "| --- | --- | --- | --- |"]
    who += [_row(role.label, f"`{role.code}`", role.kind.label, role.description) for role in found]
    rows = [_row("permission", "meaning", *labels), f"| --- | --- |{centred}"]
    rows += [_row(f"`{line.permission.code}`", line.permission.meaning, *_marks(line.marks)) for line in matrix()]
    opening = [_row("opens", *labels), f"| --- |{centred}"]
    opening += [_row(opener.label, *_marks(marks)) for opener, marks in opening_matrix()]
    return HEAD + "\n".join(who) + "\n\n" + "\n".join(rows) + "\n" + OPENING + "\n".join(opening) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    print(f"{TABLE.relative_to(ROOT)}: {len(roles())} roles, {len(permissions())} permissions")
