"""Who is told of a return: the resident by the base's, the base by the province's (R-07, R-21, P-13).

A notice names the organisation that returned and how many; neither person, number nor comment. Those stand behind the
sign-in, where the link leads.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from django.urls import reverse

from xinglin.accounts.reach import Reach, reach_of, staff_ids
from xinglin.accounts.selectors import accounts_of_persons
from xinglin.kernel.viewer import Viewer
from xinglin.notifications.actions import post
from xinglin.notifications.actions.posting import Letter
from xinglin.notifications.enums import Channel
from xinglin.notifications.kinds import MessageKind
from xinglin.notifications.kinds import register as register_kind

from .actions import correcting
from .selectors.subjects import Subject

PERSONAL_RETURNED = MessageKind(
    "residents.personal_returned",
    "个人信息退回本人",
    "您填写的个人信息被“{organization}”退回，请登录后按意见修改并保存。{link}",
    (Channel.SMS, Channel.EMAIL),
    lifetime=timedelta(days=3),
)
REPORT_RETURNED = MessageKind(
    "residents.report_returned",
    "招收信息退回基地",
    "“{organization}”退回了 {count} 人的招收信息，请登录后按意见修改并重新上报。{link}",
    (Channel.EMAIL, Channel.SMS),
    lifetime=timedelta(days=3),
    digest=timedelta(minutes=10),
)
BASE_ROLES = ("base_organization", "base_admin")


def register() -> None:
    """Called when the app is ready."""
    for kind in (PERSONAL_RETURNED, REPORT_RETURNED):
        register_kind(kind)
    if tell_residents not in correcting.after_return:
        correcting.after_return.append(tell_residents)


def tell_residents(returned: list[Subject], by: Viewer) -> None:
    """Each resident whose personal information the base returned."""
    users = accounts_of_persons([subject.enrollment.person_id for subject in returned])
    reaches = reach_of([user.pk for user in users.values()])
    facts = {"organization": by.organization_name, "path": reverse("own:home")}
    letters = []
    for subject in returned:
        user = users.get(subject.enrollment.person_id)
        if user is not None:
            letters.append(Letter(reaches[user.pk], subject.organization_path, facts))
    post(PERSONAL_RETURNED.name, letters)


def tell_base(returned: list[Subject], by: Viewer) -> None:
    """Each base, once for all its records of a track: its own account where that can be reached, else its staff.

    A notice tells a number and no person: the base's contact phone gets it before anybody typed it at a sign-in.
    """
    bases = {subject.enrollment.organization_id: subject.organization_path for subject in returned}
    numbers = Counter((subject.enrollment.organization_id, subject.enrollment.track) for subject in returned)
    letters = []
    for (base_id, track), count in numbers.items():
        facts = {"organization": by.organization_name, "count": count, "path": reverse("residents:intake")}
        for reach in _base_reaches(base_id, track):
            letters.append(Letter(reach, bases[base_id], facts))
    post(REPORT_RETURNED.name, letters)


def _base_reaches(base_id: int, track: str) -> list[Reach]:
    reaches = list(reach_of(staff_ids(base_id, BASE_ROLES, track)).values())
    own = [reach for reach in reaches if reach.person_id is None and reach.phone]
    by_mail = [reach for reach in reaches if reach.email]
    return own or by_mail or [reach for reach in reaches if reach.verified_phone]
