"""Addresses of the province's review desk."""

from django.urls import path

from .views import review, review_batch

app_name = "review"
urlpatterns = [
    path("", review.first, name="queue"),
    path("batch/result/<str:key>", review_batch.result, name="batch-result"),
    path("batch/<str:verdict>", review_batch.batch, name="batch"),
    path("batch/<str:verdict>/<str:key>", review_batch.ask, name="batch-ask"),
    path("<int:enrollment_id>", review.record, name="record"),
    path("<int:enrollment_id>/decide", review.decide, name="decide"),
    path("<int:enrollment_id>/revoke", review.revoke, name="revoke"),
]
