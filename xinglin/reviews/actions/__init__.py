"""Verbs of a review: report, recall, approve, return_, revoke. Each takes one or many and answers per item."""

from .deciding import approve, return_
from .reporting import recall, report
from .revoking import revoke

__all__ = ["approve", "recall", "report", "return_", "revoke"]
