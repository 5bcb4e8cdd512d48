"""Pure rules of the tree: paths, dates of capabilities, and what a node must carry (P-01, P-02)."""

from __future__ import annotations

from datetime import date

from xinglin.kernel import text, uscc

from .enums import Kind

# Which level may hang under which.
PARENTS = {
    Kind.MINISTRY: (None,),
    Kind.ASSOCIATION: (None, Kind.MINISTRY),
    Kind.PROVINCE: (Kind.ASSOCIATION,),
    Kind.CITY: (Kind.PROVINCE,),
    Kind.COUNTY: (Kind.CITY, Kind.PROVINCE),
    Kind.HOSPITAL: (Kind.PROVINCE, Kind.CITY, Kind.COUNTY),
}


def path_under(parent_path: str, organization_id: int) -> str:
    """The path of a child: ``/1/2/`` + 35 → ``/1/2/35/``; a root has no parent path."""
    return f"{parent_path or '/'}{organization_id}/"


def ids_in(path: str) -> list[int]:
    """Ids from the root down to the node itself."""
    return [int(part) for part in path.split("/") if part]


def within(path: str, of: str) -> bool:
    """Whether a node lies in the subtree of another, which includes itself."""
    return path.startswith(of)


def in_force(starts_on: date, ends_on: date | None, day: date) -> bool:
    """Whether a dated capability or affiliation counts on a day: [starts_on, ends_on)."""
    return starts_on <= day and (ends_on is None or day < ends_on)


def may_hang(kind: str, parent_kind: str | None) -> bool:
    """Whether a node of a kind may hang under a parent of another kind."""
    return (Kind(parent_kind) if parent_kind else None) in PARENTS[Kind(kind)]


def clean_uscc(value: str) -> str:
    """The code with its check digit verified, "" for none. Raises ValueError with the Chinese reason."""
    return uscc.check(value) if value.strip() else ""


def clean_title(value: str, label: str, most: int) -> str:
    """A name of an organisation or department. Raises ValueError with the Chinese reason."""
    cleaned = text.normalise(value)
    if not cleaned:
        raise ValueError(f"请填写{label}")
    if len(cleaned) > most:
        raise ValueError(f"{label}有 {len(cleaned)} 个字，最多 {most} 个字")
    return cleaned
