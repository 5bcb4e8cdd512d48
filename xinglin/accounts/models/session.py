"""Sign-ins in force, one row each, so that their owner can see and end them (P-08)."""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from .user import User


class SignInSession(AbstractBaseSession):
    """A session with what its owner recognises it by: the device, the address masked, since when.

    Written at the sign-in, at a change of identity or password, and by the sign of life that a page in use sends
    every few minutes; never by a mere look at a page. ``user`` is empty while a first sign-in is confined.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    device = models.CharField("设备", max_length=60, blank=True)
    address_masked = models.CharField("网络地址", max_length=45, blank=True)
    started_at = models.DateTimeField("登录时间")
    last_seen_at = models.DateTimeField("最近使用")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from ..session_store import SessionStore

        return SessionStore
