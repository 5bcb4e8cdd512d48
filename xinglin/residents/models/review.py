"""Recruitment review of an enrollment; frozen once approved."""

from django.db import models

from xinglin.reviews.models import ReviewState

from .enrollment import Enrollment


class RecruitmentReview(ReviewState):
    """State of the one review that turns an intake into a trainee."""

    scope_organization = "enrollment__organization__path"
    scope_base = "enrollment__organization_id"
    scope_province = "enrollment__province_id"
    scope_track = "enrollment__track"
    scope_person = "enrollment__person_id"

    enrollment = models.OneToOneField(Enrollment, models.CASCADE, primary_key=True, related_name="recruitment_review")

    class Meta(ReviewState.Meta):
        abstract = False
        indexes = [
            *ReviewState.Meta.indexes,
            models.Index(fields=["report_status", "review_status"], name="recruitment_review_state"),
        ]
