"""Drafts are the person's alone until 保存 (R-19)."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from xinglin.kernel import clock
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer

from ..models import Draft, Person


@transaction.atomic
def save_draft(section: str, values: dict[str, Any], *, by: Viewer) -> Draft:
    """Keep the raw input of one part. Raises NotAllowed for anybody but the person."""
    if by.person_id is None or not by.is_person:
        raise NotAllowed("草稿只有本人能保存。")
    person = Person.objects.visible_to(by).select_related("key").get(pk=by.person_id)
    draft = Draft.objects.visible_to(by).select_related("key").filter(section=section).first()
    if draft is None:
        draft = Draft(person=person, section=section, key=person.key)
    draft.content = json.dumps(values, ensure_ascii=False)
    draft.saved_at = clock.now()
    draft.save()
    return draft


def discard_draft(person_id: int, section: str) -> None:
    """Remove the draft: it was saved, or its owner gave it up."""
    Draft.objects.for_system("the owner's draft of this section").filter(person_id=person_id, section=section).delete()
