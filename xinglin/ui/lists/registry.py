"""All lists by name. A list is registered where it is mounted: reading the addresses finds them all."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings

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
    if name not in _specs:
        import_module(settings.ROOT_URLCONF)
    return _specs[name]


def every() -> list[ListSpec]:
    """All lists in the order of their names."""
    import_module(settings.ROOT_URLCONF)
    return [_specs[name] for name in sorted(_specs)]
