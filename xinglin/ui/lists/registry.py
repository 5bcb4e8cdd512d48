"""All lists by name; an app registers its own in ``AppConfig.ready()``."""

from __future__ import annotations

from .spec import ListSpec

_specs: dict[str, ListSpec] = {}


def register(spec: type[ListSpec] | ListSpec) -> ListSpec:
    """Make a list known under its name and return it. Registering another one under the name is a ValueError."""
    found = spec() if isinstance(spec, type) else spec
    known = _specs.get(found.name)
    if known is not None and type(known) is not type(found):
        raise ValueError(f"list {found.name!r} is registered twice")
    return _specs.setdefault(found.name, found)


def get(name: str) -> ListSpec:
    """The list of that name; LookupError when there is none."""
    return _specs[name]


def names() -> list[str]:
    """Names of all lists, sorted."""
    return sorted(_specs)
