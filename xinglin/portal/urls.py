"""Addresses of the home pages."""

from django.urls import path

from .views import help_pages, home

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("residents-home/", home.residents_home, name="residents-home"),
    path("help/<slug:topic>/", help_pages.topic, name="help"),
]
