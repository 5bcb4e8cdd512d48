"""Addresses: organisations, specialty bases, departments."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
