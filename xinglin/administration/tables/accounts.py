"""Lists: accounts, staff, identities, roles."""

from xinglin.ui.lists.spec import ListSpec

LISTS: tuple[type[ListSpec], ...] = ()
