"""Addresses of the windows."""

from django.urls import path

from xinglin.ui.lists.views import ListView

from . import views
from .tables import TimesList

app_name = "windows"
urlpatterns = [
    path("", ListView.as_view(spec=TimesList), name="list"),
    path("new/", views.new_batch, name="new"),
    path("extensions/<int:extension_id>/take-back/", views.take_back, name="take-back"),
    path("<int:window_id>/<slug:kind>/", views.set_times, name="times"),
    path("<int:window_id>/<slug:kind>/extend/", views.extend, name="extend"),
]
