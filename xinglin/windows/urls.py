"""Addresses of the windows."""

from django.urls import path

from xinglin.ui.lists.views import ListView

from .tables import TimesList

app_name = "windows"
urlpatterns = [path("", ListView.as_view(spec=TimesList), name="list")]
