"""Addresses of xinglin.ui."""

from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [
    path("site/theme-<str:version>.css", views.theme, name="theme"),
    path("site/logo-<str:version>.png", views.logo, name="logo"),
    path("codes/<slug:table>", views.codes, name="codes"),
    path("favicon.ico", views.favicon, name="favicon"),
]
