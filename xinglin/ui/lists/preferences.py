"""How a user likes a list: columns, row height, page size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinglin.kernel.viewer import Viewer
from xinglin.ui.kept import keep

from .models import ListPreference
from .parts import Column
from .spec import ListSpec

SIZES = (20, 50, 100)
DENSITIES = {"": "标准", "dense": "紧凑", "loose": "宽松"}


@dataclass(frozen=True, slots=True)
class Preference:
    """A user's choice for a list. ``columns``/``fixed`` None: as declared."""

    columns: tuple[str, ...] | None = None
    fixed: tuple[str, ...] | None = None
    density: str = ""
    size: int = SIZES[0]

    @property
    def next_density(self) -> str:
        """The row height after this one."""
        known = list(DENSITIES)
        return known[(known.index(self.density) + 1) % len(known)]


def load(spec: ListSpec, viewer: Viewer, *, not_before: float = 0.0) -> Preference:
    """The viewer's choice, cleaned of what the list no longer has; kept for some seconds unless it was just changed."""
    user_id = viewer.user_id
    if user_id is None:
        return Preference()
    return keep(("list", spec.name, user_id), lambda: _read(spec, user_id), not_before=not_before)


def _read(spec: ListSpec, user_id: int) -> Preference:
    saved = ListPreference.objects.filter(user_id=user_id, name=spec.name).values_list("choice", flat=True).first()
    return _clean(spec, saved or {})


def shown_columns(spec: ListSpec, preference: Preference) -> list[Column]:
    """Columns to show, fixed ones first."""
    if preference.columns is None:
        chosen = [column for column in spec.columns if column.default_on or column.always]
    else:
        chosen = [spec.column_of[name] for name in preference.columns]
        chosen += [column for column in spec.columns if column.always and column.name not in preference.columns]
    fixed = fixed_names(spec, preference)
    return sorted(chosen, key=lambda column: column.name not in fixed)


def fixed_names(spec: ListSpec, preference: Preference) -> tuple[str, ...]:
    """Names of the columns fixed at the left."""
    if preference.fixed is not None:
        return preference.fixed
    return tuple(column.name for column in spec.columns if column.sticky)


def _clean(spec: ListSpec, saved: dict[str, Any]) -> Preference:
    columns, fixed = saved.get("columns"), saved.get("fixed")
    density, size = saved.get("density", ""), saved.get("size", SIZES[0])
    return Preference(
        columns=None if columns is None else tuple(name for name in columns if name in spec.column_of),
        fixed=None if fixed is None else tuple(name for name in fixed if name in spec.column_of),
        density=density if density in DENSITIES else "",
        size=size if size in SIZES else SIZES[0],
    )
