"""Addresses of resident records as bases work on them and the levels above read them."""

from django.urls import path

from xinglin.ui.lists.views import ListView

from .tables.accounts import AccountsList
from .tables.changes import ChangesList
from .tables.past import PastList
from .views import (
    accounts,
    change_records,
    deleting,
    detail,
    history_query,
    intake_list,
    reporting,
    returning,
    training,
)

app_name = "residents"
urlpatterns = [
    path("intake/", intake_list.intake, name="intake"),
    path("intake/return/", returning.return_many, name="return-many"),
    path("intake/return/<str:key>/", returning.return_ask, name="return-ask"),
    path("intake/report/", reporting.report, name="report"),
    path("intake/report/job/<uuid:job_id>/", reporting.job, name="report-job"),
    path("intake/report/<str:key>/", reporting.result, name="report-result"),
    path("accounts/", ListView.as_view(spec=AccountsList), name="accounts"),
    path("accounts/<int:grant_id>/reset/", accounts.reset_password, name="reset-password"),
    path("past/", ListView.as_view(spec=PastList), name="past"),
    path("past/<int:enrollment_id>/", history_query.snapshot, name="snapshot"),
    path("changes/", ListView.as_view(spec=ChangesList), name="changes"),
    path("changes/<int:entry_id>/", change_records.change, name="change"),
    path("<int:enrollment_id>/", detail.detail, name="detail"),
    path("<int:enrollment_id>/numbers/", detail.reveal, name="reveal"),
    path("<int:enrollment_id>/training/", training.training, name="training"),
    path("<int:enrollment_id>/return/", returning.return_one, name="return"),
    path("<int:enrollment_id>/difference/", returning.difference, name="difference"),
    path("<int:enrollment_id>/seen/", returning.seen, name="seen"),
    path("<int:enrollment_id>/recall/", reporting.recall, name="recall"),
    path("<int:enrollment_id>/delete/", deleting.delete, name="delete"),
]
