"""The enrollments of a person who is erased: figures stay, words about the person go."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from xinglin.history.enums import ERASED
from xinglin.kernel.viewer import Viewer
from xinglin.people.models import Person
from xinglin.people.registry import Erasure, ErasurePart
from xinglin.reviews.actions.erasing import erase_reviews

from ..enums import TrainingStatus
from ..models import ApprovedRecord, CheckConfirmation, Correction, Enrollment, RecruitmentReview
from ..selectors.enrollments import holding_enrollment
from .locking import KIND

WHY = "a person is erased"
FREE_TEXT = ("other_personnel", "employer_name", "employer_uscc", "ends_on_reason")


def _guard(person: Person, by: Viewer) -> str | None:
    held = holding_enrollment(person.pk)
    if held is not None:
        return (
            f"该人员在“{held.organization.name}”有 {held.intake_year} 年的招收记录或正在培训。"
            "请先由该基地删除记录，或在离开培训后再删除。"
        )
    if _approved(person.pk).filter(training_status=TrainingStatus.COMPLETED).exists():
        return "该人员已结业，结业信息是法定保存的培训档案，保存期内不能删除。"
    return None


def _approved(person_id: int) -> QuerySet[ApprovedRecord]:
    return ApprovedRecord.objects.for_system(WHY).filter(person_id=person_id)


def _places(person_id: int) -> Iterable[str]:
    rows = Enrollment.objects.for_system(WHY).filter(person_id=person_id)
    return set(rows.values_list("organization__path", flat=True))


def _erase(erasure: Erasure) -> None:
    rows = Enrollment.objects.for_system(WHY).filter(person_id=erasure.person.pk)
    ids = list(rows.values_list("pk", flat=True))
    rows.update(**dict.fromkeys(FREE_TEXT, ""))
    CheckConfirmation.objects.for_system(WHY).filter(enrollment__in=ids).delete()
    corrections = Correction.objects.for_system(WHY).filter(enrollment__in=ids)
    corrections.update(comment=ERASED, reply="", field_comments={}, replies={})
    states = RecruitmentReview.objects.for_system(WHY).filter(Q(pk__in=ids) & ~Q(return_comment=""))
    states.update(return_comment=ERASED, field_comments={})
    erase_reviews(KIND, ids, key=erasure.person.key)


PART = ErasurePart("residents", erase=_erase, guard=_guard, places=_places)
