"""Everything that the resident's own screens read, loaded once for a request (R-19)."""

from __future__ import annotations

from dataclasses import dataclass, field

from xinglin.kernel import clock
from xinglin.kernel.issues import Issue
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization
from xinglin.people.enums import Section
from xinglin.people.models import Draft
from xinglin.people.rules import missing_in_section
from xinglin.people.selectors import PersonalRecord, draft_of
from xinglin.reviews.content import Content
from xinglin.reviews.enums import ReportStatus, ReviewStatus
from xinglin.windows.enums import PhaseKind
from xinglin.windows.rules import Span, end_text

from ..actions.locking import for_owner
from ..forms.personal.conditions import counting
from ..models import Correction, Enrollment
from ..selectors.own import own_enrollment, own_record, waiting_fields
from ..selectors.record_page import last_correction
from ..standing import Standing, standings
from .grid import Part, Reading, part_of

NOBODY = "现在没有培训基地把您列入招收名单，不能填写。有疑问请联系您报到的培训基地。"


@dataclass(slots=True)
class OwnPage:
    """The own record as it stands: with the enrollment that holds the person, or without one."""

    viewer: Viewer
    record: PersonalRecord
    enrollment: Enrollment | None = None
    standing: Standing | None = None
    correction: Correction | None = None
    waiting: list[str] = field(default_factory=list)

    @property
    def content(self) -> Content:
        return self.standing.subject.content if self.standing else self.record.content

    @property
    def lock(self) -> str:
        """Why nothing can be saved now, with dates and who can help; "" while it can."""
        return for_owner(self.standing.edit) if self.standing else NOBODY

    @property
    def base(self) -> Organization | None:
        return self.enrollment.organization if self.enrollment else None

    @property
    def is_returned(self) -> bool:
        """Whether the base waits for an answer to a return."""
        return self.standing is not None and self.standing.is_correcting and self.correction is not None

    @property
    def is_pending(self) -> bool:
        return self.standing is not None and self.standing.is_pending

    @property
    def is_approved(self) -> bool:
        return self.standing is not None and self.standing.is_approved

    @property
    def is_reported(self) -> bool:
        return self.standing is not None and self.standing.state.report_status == ReportStatus.REPORTED

    @property
    def is_refused(self) -> bool:
        """The province returned the last report to the base."""
        return self.standing is not None and self.standing.state.review_status == ReviewStatus.RETURNED

    def missing(self, section: str) -> list[Issue]:
        """What one of the three parts still lacks."""
        return missing_in_section(self.content, section)

    def is_saved(self, section: str) -> bool:
        """Whether the resident has saved anything of this part; name, number and phone came with the account."""
        if section == Section.EDUCATION:
            return bool(self.record.education)
        if section == Section.QUALIFICATIONS:
            return self.record.qualification is not None
        person = self.record.person
        return any((person.ethnic_group, person.household_division, person.photo, person.id_front, person.address))

    def draft(self, section: str) -> Draft | None:
        return draft_of(self.viewer, section)

    @property
    def span(self) -> Span | None:
        """The phase in which the resident may save: filling, or review once the province has returned the record."""
        if self.standing is None:
            return None
        subject = self.standing.subject
        kind = PhaseKind.REVIEW if self.is_refused else PhaseKind.FILLING
        return subject.timetable.span(subject.enrollment.window_id, kind, subject.enrollment.organization)

    @property
    def deadline(self) -> str:
        """10-31 截止，还剩 7 天; "" when there is none to keep."""
        span, now = self.span, clock.now()
        if span is None or not span.is_open(now):
            return ""
        return f"{end_text(span.ends_at, with_hour=False)[5:]} 截止，{span.left(now)}"


def own_page(viewer: Viewer) -> OwnPage:
    """The page of the person behind the identity. Raises Http404 for an identity without one."""
    enrollment = own_enrollment(viewer)
    if enrollment is None:
        return OwnPage(viewer, own_record(viewer))
    standing = standings([enrollment], viewer)[enrollment.pk]
    page = OwnPage(viewer, standing.subject.record, enrollment, standing, last_correction(viewer, enrollment.pk))
    if page.is_returned and page.correction is not None:
        page.waiting = waiting_fields(page.correction, page.content)
    return page


def part_to_read(page: OwnPage, section: str) -> Part:
    """A part as it is saved; fields that do not count, given the others, are left out."""
    missing = {issue.field for issue in page.missing(section)} if section in SECTIONS else set()
    part, counts = part_of(section, page.content, Reading(missing=missing)), counting(page.content)
    for group in part.groups:
        group.cells = [cell for cell in group.cells if counts(cell.key)]
        group.pictures = [cell for cell in group.pictures if counts(cell.key)]
    return part


SECTIONS = list(Section)
