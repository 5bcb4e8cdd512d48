"""Addresses of the home pages."""

from django.urls import path

from xinglin.ui.lists.views import ListView

from .tables import ProgressList
from .views import help_pages, home, overview, todo

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("residents-home/", home.residents_home, name="residents-home"),
    path("todo/", todo.todo, name="todo"),
    path("overview/", overview.overview, name="overview"),
    path("overview/bases/", ListView.as_view(spec=ProgressList), name="progress"),
    path("help/<slug:topic>/", help_pages.topic, name="help"),
]
