"""Lists of 系统管理; each room keeps its own."""

from . import accounts, messages, organizations, system

LISTS = (*organizations.LISTS, *accounts.LISTS, *system.LISTS, *messages.LISTS)
