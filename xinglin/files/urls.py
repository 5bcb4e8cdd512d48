"""Addresses of xinglin.files."""

from django.urls import path

from xinglin.files import views

app_name = "files"
urlpatterns = [
    path("upload", views.upload, name="upload"),
    path("open/<str:token>", views.opened, name="opened"),
    path("<uuid:file_id>", views.show, name="show"),
    path("<uuid:file_id>/thumb", views.thumb, name="thumb"),
    path("<uuid:file_id>/reveal", views.reveal, name="reveal"),
]
