"""The courier of the sign-in: codes to the phone, made by a worker (``accounts.courier``)."""

from __future__ import annotations

from xinglin.accounts.actions.codes import make_code
from xinglin.accounts.models import User
from xinglin.accounts.reach import reach_of
from xinglin.accounts.selectors import grants_of
from xinglin.jobs.actions import enqueue
from xinglin.jobs.handle import JobHandle
from xinglin.kernel.viewer import Viewer

from .actions import post
from .actions.posting import Letter
from .enums import Channel
from .kinds import FACTOR_CHANGED, PASSWORD_RECOVERED, MessageKind
from .transports import is_trial, transport_for

CODE = "notifications.code"
TITLE = "手机验证码"


class Gateway:
    """Registered with accounts when this part is loaded."""

    def can_text(self) -> bool:
        return transport_for(Channel.SMS) is not None

    def is_trial(self) -> bool:
        return is_trial(Channel.SMS)

    def post_code(self, code_id: int) -> None:
        enqueue(CODE, by=Viewer.system(TITLE), arguments={"code": code_id}, title=TITLE)

    def tell_recovered(self, user_id: int) -> None:
        _tell(PASSWORD_RECOVERED, user_id)

    def tell_factor(self, user_id: int, what: str) -> None:
        _tell(FACTOR_CHANGED, user_id, what=what)


def _tell(kind: MessageKind, user_id: int, **facts: str) -> None:
    """An account's owner, wherever he can be reached; nobody where the account has no identity."""
    reach = reach_of([user_id])[user_id]
    user = User.objects.for_system("the owner is told").get(pk=user_id)
    grants = grants_of(user)
    if grants:
        post(kind.name, [Letter(reach, grants[0].organization.path, facts)])


def make_and_post(job: JobHandle, code_id: int) -> None:
    """Make the digits and write the message in one step; nothing for whoever may not have a code."""
    with job.step():
        made = make_code(code_id)
        if made is not None:
            letter = Letter(made.reach, made.organization_path, secrets={"code": made.digits})
            post(f"code.{made.purpose.value}", [letter], expires_at=made.expires_at)
