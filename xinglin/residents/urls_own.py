"""Addresses of the resident's own side."""

from django.urls import path

from .views import own_draft, own_pages, own_section

app_name = "own"
urlpatterns = [
    path("", own_pages.home, name="home"),
    path("record/", own_pages.record, name="record"),
    path("record/number", own_draft.number, name="number"),
    path("record/<slug:section>/", own_section.section, name="section"),
    path("record/<slug:section>/draft", own_draft.draft, name="draft"),
    path("record/<slug:section>/confirm", own_draft.confirm, name="confirm"),
    path("training/", own_pages.training, name="training"),
    path("me/", own_pages.me, name="me"),
]
