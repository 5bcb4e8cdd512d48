"""Who acts or reads: a user with the identity in force (P-07)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from .errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Viewer:
    """A user with the grant in force, or the system itself.

    Scope is the subtree of ``organization_path`` × ``track`` (None: both tracks); a personal identity
    (``is_person``) sees its own person only. ``source`` says by which way the request came.
    """

    user_id: int | None
    user_name: str
    grant_id: int | None
    role: str
    role_label: str
    organization_id: int | None
    organization_name: str
    organization_path: str
    organization_kind: str = ""
    province_id: int | None = None
    province_name: str = ""
    track: str | None = None
    department_id: int | None = None
    person_id: int | None = None
    is_person: bool = False
    permissions: frozenset[str] = frozenset()
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    source: str = "web"
    address: str = ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise NotAllowed unless the identity in force has the permission."""
        if not self.may(permission):
            raise NotAllowed(f"当前身份“{self.role_label}”不能做这件事。请切换身份，或联系本单位管理员。")

    def covers(self, path: str, track: str | None = None) -> bool:
        """True when an organisation path (and track) lies within this viewer's scope."""
        inside = bool(self.organization_path) and path.startswith(self.organization_path)
        return inside and (self.track is None or track is None or self.track == track)

    @classmethod
    def system(cls, reason: str, *, source: str = "job") -> Viewer:
        """The platform itself, acting for ``reason`` (a job, the demo): sees everything, has no sign-in."""
        return cls(
            user_id=None,
            user_name=reason,
            grant_id=None,
            role="system",
            role_label="系统",
            organization_id=None,
            organization_name="系统",
            organization_path="/",
            source=source,
        )
