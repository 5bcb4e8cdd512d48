"""Addresses of the province's review desk."""

from django.urls import path

from .views import review

app_name = "review"
urlpatterns = [
    path("", review.first, name="queue"),
    path("batch/<str:verdict>", review.batch, name="batch"),
    path("<int:enrollment_id>", review.record, name="record"),
    path("<int:enrollment_id>/decide", review.decide, name="decide"),
    path("<int:enrollment_id>/revoke", review.revoke, name="revoke"),
]
