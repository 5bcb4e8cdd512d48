"""Addresses: code tables, settings, history seals."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
