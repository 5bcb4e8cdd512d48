"""Addresses: accounts, staff, identities, roles."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
