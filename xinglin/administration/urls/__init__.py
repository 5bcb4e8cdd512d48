"""Addresses of 系统管理; each room keeps its own."""

from . import accounts, messages, organizations, system

app_name = "administration"
urlpatterns = [*organizations.urlpatterns, *accounts.urlpatterns, *system.urlpatterns, *messages.urlpatterns]
