"""Lists: organisations, specialty bases, departments."""

from xinglin.ui.lists.spec import ListSpec

LISTS: tuple[type[ListSpec], ...] = ()
