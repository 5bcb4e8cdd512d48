from .checks import CheckConfirmation, CheckRule
from .correction import Correction
from .enrollment import Enrollment
from .outcome import ApprovedRecord, ClosingRecord
from .review import RecruitmentReview

__all__ = [
    "ApprovedRecord",
    "CheckConfirmation",
    "CheckRule",
    "ClosingRecord",
    "Correction",
    "Enrollment",
    "RecruitmentReview",
]
