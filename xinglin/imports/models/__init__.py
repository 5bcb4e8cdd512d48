from .issue import ImportIssue
from .job import ImportFile, ImportJob
from .row import ImportRow

__all__ = ["ImportFile", "ImportIssue", "ImportJob", "ImportRow"]
