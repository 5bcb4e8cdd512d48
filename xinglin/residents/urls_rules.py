"""Addresses of 核对规则."""

from django.urls import path

from .views import check_rules

app_name = "rules"
urlpatterns = [
    path("", check_rules.rules, name="list"),
    path("<slug:code>/", check_rules.preview, name="preview"),
    path("<slug:code>/set/", check_rules.set_rule, name="set"),
]
