"""Lists of 系统管理; each room keeps its own."""

from . import accounts, handouts, messages, organizations, system

LISTS = (*organizations.LISTS, *accounts.LISTS, *handouts.LISTS, *system.LISTS, *messages.LISTS)
