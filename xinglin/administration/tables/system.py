"""Lists: code tables, settings, history seals."""

from xinglin.ui.lists.spec import ListSpec

LISTS: tuple[type[ListSpec], ...] = ()
