"""What kinds of message there are. A part declares its own in ``notices.py``; the codes of the sign-in stand here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings

from .enums import Channel

SIGN = "【杏林】"


@dataclass(frozen=True, slots=True)
class MessageKind:
    """``text`` is filled with facts (``{count}``), secrets (``{code}``, never stored beside the text) and ``{link}``,
    the address of the page ``facts["path"]`` where the installation has told its own.

    channels: in order of preference; the first that has a gateway and an address is used. lifetime: later it is not
    sent any more. digest: so long a message waits for others of its kind to the same person, whose ``count`` is added.
    secret: the text is wiped once it is settled and out of date.
    """

    name: str
    label: str
    text: str
    channels: tuple[Channel, ...] = (Channel.SMS, Channel.EMAIL)
    lifetime: timedelta = timedelta(days=1)
    digest: timedelta | None = None
    secret: bool = False

    def render(self, facts: Mapping[str, Any], secrets: Mapping[str, str] | None = None) -> str:
        """The text. Raises KeyError when a word is missing: a programming error."""
        path = str(facts.get("path", ""))
        link = f" {settings.XINGLIN_SITE_URL}{path}" if settings.XINGLIN_SITE_URL and path else ""
        return SIGN + self.text.format_map({**facts, **(secrets or {}), "link": link})


_kinds: dict[str, MessageKind] = {}


def register(kind: MessageKind) -> MessageKind:
    """Make a kind known; another one of the same name is a programming error."""
    if _kinds.get(kind.name, kind) != kind:
        raise ValueError(f"message kind {kind.name} is declared twice")
    _kinds[kind.name] = kind
    return kind


def kind_of(name: str) -> MessageKind:
    """The declared kind. Raises KeyError."""
    return _kinds[name]


def label_of(name: str) -> str:
    """Its label; the bare name for messages of a part that is no longer there."""
    return _kinds[name].label if name in _kinds else name


def choices() -> list[tuple[str, str]]:
    """Names and labels, for filters."""
    return [(kind.name, kind.label) for kind in _kinds.values()]


def _code(purpose: str, label: str, doing: str) -> MessageKind:
    text = f"验证码 {{code}}，用于{doing}，10 分钟内有效。不要告诉别人；不是您本人操作请忽略。"
    return register(
        MessageKind(f"code.{purpose}", label, text, (Channel.SMS,), lifetime=timedelta(minutes=10), secret=True)
    )


_code("reset", "重置密码验证码", "重新设置登录密码")
_code("sign_in", "登录验证码", "登录时代替图片验证码")
_code("first", "第一次登录验证码", "第一次登录")
_code("phone", "手机验证码", "验证手机")
PASSWORD_RECOVERED = register(
    MessageKind(
        "password.recovered",
        "密码已重置",
        "您的登录密码刚刚用短信验证码重新设置，所有登录已退出。不是您本人操作，请立即联系能重置密码的单位。",
        (Channel.EMAIL, Channel.SMS),
    )
)
FACTOR_CHANGED = register(
    MessageKind(
        "factor.changed",
        "两步验证有变化",
        "您账号的两步验证刚刚{what}。不是您本人操作，请立即修改密码，并联系能重置密码的单位。",
        (Channel.EMAIL, Channel.SMS),
    )
)
