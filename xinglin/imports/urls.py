"""Addresses of xinglin.imports."""

from django.urls import path

from xinglin.ui.lists.views import ListView

from . import views
from .list_specs import ImportHistory

app_name = "imports"
urlpatterns = [
    path("", ListView.as_view(spec=ImportHistory), name="history"),
    path("job/<uuid:job_id>/", views.job, name="job"),
    path("job/<uuid:job_id>/progress", views.progress, name="progress"),
    path("job/<uuid:job_id>/confirm", views.confirm, name="confirm"),
    path("job/<uuid:job_id>/mend", views.mend, name="mend"),
    path("job/<uuid:job_id>/drop", views.drop, name="drop"),
    path("job/<uuid:job_id>/restore", views.restore, name="restore"),
    path("job/<uuid:job_id>/warnings", views.warnings, name="warnings"),
    path("job/<uuid:job_id>/cancel", views.cancel, name="cancel"),
    path("job/<uuid:job_id>/resume", views.resume, name="resume"),
    path("job/<uuid:job_id>/failed", views.hand_out, {"what": "failed"}, name="failed"),
    path("job/<uuid:job_id>/file/<slug:what>", views.hand_out, name="file"),
    path("<slug:kind>/", views.start, name="start"),
    path("<slug:kind>/template", views.template, name="template"),
]
