"""What the doctor and the monitoring ask about accounts and sessions (P-08, Q-13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from xinglin.accounts.models import Grant, User, VerifiedPhone
from xinglin.accounts.selectors import in_force
from xinglin.kernel import clock
from xinglin.kernel.checkups import Finding, Look, bad, checkup, ok, warn
from xinglin.kernel.measures import Values, measure
from xinglin.organizations.enums import CapabilityKind
from xinglin.organizations.selectors import with_capability

WHY = "operators see how accounts stand"
SUPERFLUOUS = 1_000
LATE = timedelta(days=1)
CAN_ADMINISTER = ("association_admin",)


@checkup("accounts.sessions", title="登录会话")
def open_sessions(look: Look) -> Iterator[Finding]:
    """Sessions that have run out are cleared away."""
    now = clock.now()
    over = _sessions().filter(expire_date__lt=now - LATE).count()
    if over > SUPERFLUOUS:
        yield warn(
            f"{over:,} 个过期的登录会话还没有清除。", "定时清理由后台进程进行；也可以运行 xinglin clearsessions。"
        )
    yield ok(f"有效会话 {_sessions().filter(expire_date__gte=now).count():,} 个。")


@checkup("accounts.reachable", title="管理账号")
def somebody_can_administer(look: Look) -> Iterator[Finding]:
    """An installation in use has somebody who can sign in at the top, else nobody can mend rights on the screen."""
    users = User.objects.for_system(WHY).filter(is_active=True)
    if not users.exists():
        yield warn("还没有任何账号。", "按 docs/operations/production.md 建立第一个管理账号。")
        return
    grants = Grant.objects.for_system(WHY).filter(in_force(clock.now()), role__in=CAN_ADMINISTER, user__in=users)
    if not grants.exists():
        yield bad("没有一个有效的最高级管理账号，权限没有人能改。", "按 docs/operations/production.md 重新授予。")


@checkup("accounts.contact_phones", title="基地联系电话")
def bases_can_be_told(look: Look) -> Iterator[Finding]:
    """Notices of returns go to the base's contact phone; older rows know it as a hash only (docs/decisions/0024)."""
    bases = with_capability(CapabilityKind.TRAINING_BASE)
    typed = VerifiedPhone.objects.filter(phone_hash=OuterRef("contact_phone_hash"), user__organization=OuterRef("pk"))
    hashed = bases.exclude(contact_phone_hash="").filter(~Exists(typed), contact_phone=b"").count()
    own = User.objects.for_system(WHY).filter(organization=OuterRef("pk"))
    without = bases.filter(Exists(own), contact_phone_hash="").count()
    if hashed:
        yield warn(
            f"{hashed:,} 家培训基地的联系电话早先只登记了校验值，退回通知发不到。",
            "在机构管理里把联系人手机再填写一次，或用培训基地导入重新导入同一份文件；基地自己第一次登录时也会补全。",
        )
    if without:
        yield warn(
            f"{without:,} 家有账号的培训基地没有登记联系电话。",
            "在机构管理里补录，否则退回通知只能发给有手机或邮箱的工作人员。",
        )
    if not hashed and not without:
        yield ok("登记过的联系电话都能收到通知。")


@measure("sessions", "Sessions that have not run out")
def sessions() -> Values:
    yield (), _sessions().filter(expire_date__gte=clock.now()).count()


def _sessions() -> Any:
    """Rows of the session engine in use."""
    return import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects
