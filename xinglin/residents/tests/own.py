"""A resident at the own form, for the tests of views_own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client

from xinglin.accounts.models import User
from xinglin.accounts.selectors import person_account
from xinglin.accounts.tests.factories import sign_in
from xinglin.kernel.viewer import Viewer
from xinglin.people.selectors import PersonalRecord, record_of
from xinglin.residents.models import Correction, Enrollment

from .factories import World, make_enrollments, make_world, resident_viewer


@dataclass
class Own:
    """One resident of a base with an open window, signed in."""

    world: World
    enrollment: Enrollment
    viewer: Viewer
    client: Client

    @property
    def record(self) -> PersonalRecord:
        return record_of(self.enrollment.person_id)

    @property
    def content(self) -> dict[str, Any]:
        return self.record.content

    def refresh(self) -> Enrollment:
        """The enrollment as it is stored now."""
        self.enrollment = Enrollment.unscoped.select_related(
            "person__key", "organization", "province", "window", "recruitment_review"
        ).get(pk=self.enrollment.pk)
        return self.enrollment

    def correction(self) -> Correction:
        return Correction.unscoped.filter(enrollment_id=self.enrollment.pk).latest("requested_at")

    def get(self, section: str = "basic_info") -> Any:
        return self.client.get(f"/my/record/{section}/")

    def post(self, section: str, act: str = "save", **values: Any) -> Any:
        """Send a step; ``__`` in a name stands for a dot: ``phone`` is a field of the section."""
        sent = {name.replace("__", "."): value for name, value in values.items()}
        return self.client.post(f"/my/record/{section}/", {"act": act, **_keyed(section, sent)})

    def send(self, section: str, values: dict[str, Any]) -> Any:
        """Send a step, names as they are on the page."""
        return self.client.post(f"/my/record/{section}/", values)


def _keyed(section: str, values: dict[str, Any]) -> dict[str, Any]:
    plain = ("reply", "confirm", "once")
    return {
        name if name in plain or name.startswith("reply.") else f"{section}.{name}": v for name, v in values.items()
    }


def client_of(enrollment: Enrollment) -> Client:
    """A browser in which the resident has signed in."""
    user = person_account(enrollment.person_id)
    assert isinstance(user, User)
    User.unscoped.filter(pk=user.pk).update(activated_at=user.created_at)
    return sign_in(Client(), user)


def make_own(world: World | None = None, **window: Any) -> Own:
    """An imported resident who has just signed in."""
    world = world or make_world(**window)
    enrollment = make_enrollments(world)[0]
    return Own(world, enrollment, resident_viewer(enrollment), client_of(enrollment))
