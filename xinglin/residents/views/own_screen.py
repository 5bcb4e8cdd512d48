"""What the template of a step needs, for the form and for its read-only view."""

from __future__ import annotations

from typing import Any

from xinglin.kernel.viewer import Viewer
from xinglin.people.enums import Section

from ..forms.personal import PersonalForm, blocks_of
from ..showing.own_page import SECTIONS, OwnPage, part_to_read
from ..showing.own_section import doubts_of, draft_words, missing_lines, next_of, returned_lines, state_words


def screen(page: OwnPage, section: str, form: PersonalForm | None = None) -> dict[str, Any]:
    """Common words of a step; without a form the part is shown to read."""
    place = SECTIONS.index(Section(section))
    words: dict[str, Any] = {
        "page": page,
        "section": section,
        "title": Section(section).label,
        "step": place + 1,
        "steps": [("d" if n < place else "n" if n == place else "") for n in range(len(SECTIONS))],
        "returned": returned_lines(page, section),
        "missing": missing_lines(page, section),
        "drafted": draft_words(page, section),
        "next_step": next_of(section),
    }
    if form is None:
        return words | {"part": part_to_read(page, section)}
    draft = form.draft or form.data
    return words | {
        "form": form,
        "blocks": blocks_of(form),
        "doubts": doubts_of(page, section),
        "state": state_words(page, section),
        "stamp": stamp_of(page, section),
        "reply": draft.get("reply", "") or (page.correction.reply if page.is_returned and page.correction else ""),
        "number": "",
    }


def stamp_of(page: OwnPage, section: str) -> str:
    """Changes with every save and every draft of this step: a text kept in the browser from before is then void."""
    draft = page.draft(section)
    moments = [page.record.person.updated_at, draft.saved_at if draft else None]
    return "/".join(f"{moment.timestamp():.3f}" for moment in moments if moment)


def viewer_of(request: Any) -> Viewer:
    """The identity in force."""
    viewer: Viewer = request.viewer
    return viewer
