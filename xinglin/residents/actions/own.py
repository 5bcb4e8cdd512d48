"""What a resident does besides saving: a picture sent with the form, drafts given up, a look at the own number."""

from __future__ import annotations

from django.core.files.base import File
from django.db import transaction

from xinglin.files import access
from xinglin.files.actions import Rendered, render_image, store_images
from xinglin.files.models import StoredFile
from xinglin.history import actions as history
from xinglin.history.actions import Entry
from xinglin.kernel.errors import NotAllowed
from xinglin.kernel.viewer import Viewer
from xinglin.people import actions as people

from ..selectors.own import own_enrollment, own_person
from ..selectors.subjects import history_entry, subjects


def store_picture(upload: File, purpose: str, *, by: Viewer) -> StoredFile:
    """Store a picture that came with the form itself (no script sent it before).

    Raises NotAllowed, Refused while the record is locked, BadUpload with the reason.
    """
    target = access.upload_target(by, purpose, "")
    return store_images([Rendered(render_image(upload, purpose=purpose), purpose, target)], by=by)[0]


@transaction.atomic
def give_up_draft(section: str, *, by: Viewer) -> None:
    """Throw the own draft of one part away. Raises NotAllowed."""
    if by.person_id is None or not by.is_person:
        raise NotAllowed("草稿只有本人能放弃。")
    people.discard_draft(by.person_id, section)


@transaction.atomic
def view_own_number(*, by: Viewer) -> str:
    """Record that the person looks at the own full number, and give it (P-19). Raises NotAllowed."""
    by.require("own.reveal")
    person = own_person(by)
    enrollment = own_enrollment(by)
    if enrollment is not None:
        entry = history_entry(subjects([enrollment.pk])[enrollment.pk], "view.identity")
    else:
        entry = Entry(
            "view.identity", "person", person.pk, "", person_id=person.pk, key=person.key, lookup=person.id_number_hash
        )
    entry.facts = {**entry.facts, "fields": ["证件号"]}
    history.record([entry], by=by)
    return str(person.id_number)
