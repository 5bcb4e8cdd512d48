"""The kinds of import, registered by the apps that own them."""

from __future__ import annotations

from django.http import Http404

from .spec import ImportSpec

_specs: dict[str, ImportSpec] = {}


def register(spec: ImportSpec) -> ImportSpec:
    """Make a kind known. Raises ValueError for a kind that another class took, or a spec with broken columns."""
    taken = _specs.get(spec.kind)
    if taken is not None and type(taken) is not type(spec):
        raise ValueError(f"import kind {spec.kind} is taken by {type(taken).__name__}")
    names = [column.name for column in spec.columns]
    labels = [heading for column in spec.columns for heading in column.headings]
    if len(set(names)) != len(names) or len(set(labels)) != len(labels):
        raise ValueError(f"import kind {spec.kind}: a column name or heading is there twice")
    if missing := set(spec.key) - set(names):
        raise ValueError(f"import kind {spec.kind}: no column for key {', '.join(sorted(missing))}")
    _specs[spec.kind] = spec
    return spec


def get(kind: str) -> ImportSpec:
    """The spec of a kind. Raises KeyError."""
    return _specs[kind]


def get_or_404(kind: str) -> ImportSpec:
    """The spec of a kind that came from an address."""
    try:
        return _specs[kind]
    except KeyError as error:
        raise Http404(kind) from error


def kinds() -> dict[str, ImportSpec]:
    """All kinds by slug."""
    return dict(_specs)
