"""Addresses of xinglin.exports."""

from django.urls import path

from xinglin.ui.lists.views import ListView

from . import views
from .list_specs import ExportHistory

app_name = "exports"
urlpatterns = [
    path("", ListView.as_view(spec=ExportHistory), name="history"),
    path("job/<uuid:export_id>/", views.job, name="job"),
    path("job/<uuid:export_id>/download", views.download, name="download"),
    path("of/<str:name>/", views.start, name="start"),
]
