"""发件箱: what was sent, to whom, and what became of it (P-13)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from xinglin.kernel.viewer import Viewer
from xinglin.notifications.enums import Channel, State
from xinglin.notifications.kinds import choices, label_of
from xinglin.notifications.models import Message
from xinglin.notifications.selectors import messages, texts_are_open
from xinglin.ui.formats import moment
from xinglin.ui.lists.parts import Column, Empty, Filter
from xinglin.ui.lists.spec import ListSpec
from xinglin.ui.templatetags.xl import note, tag

TONES = {
    State.QUEUED: "idle", State.SENDING: "run", State.SENT: "ok", State.UNCLEAR: "wait", State.FAILED: "bad",
    State.EXPIRED: "bad",
}  # fmt: skip
WIPED = "（已清除）"


def _state(row: Any) -> str:
    return str(row.get_state_display())


def _state_cell(row: Any, _viewer: Viewer) -> SafeString:
    return tag(TONES[row.state], row.get_state_display())


def _text(row: Any) -> str:
    return (row.text or WIPED) if texts_are_open() else ""


def _why(row: Any) -> str:
    """What went wrong, and when it is tried again."""
    if row.state == State.QUEUED and row.attempts:
        return f"{row.error}；{moment(row.next_try_at)} 再试"
    return str(row.error)


class MessageList(ListSpec):
    """Rows are messages; their texts are shown in trials only."""

    name = "administration.messages"
    title = "发件箱"
    noun = "消息"
    permission = "messages.view"
    nav_key = "administration.messages"
    crumbs = (("系统管理", ""),)
    order_by = ("-created_at",)
    columns = (
        Column("created_at", "提交时间", sort="created_at", always=True, width=20),
        Column("kind", "种类", value=lambda row: label_of(row.kind), width=18),
        Column("channel", "渠道", value=lambda row: row.get_channel_display(), width=10),
        Column("recipient", "收件人", value="recipient_masked", mono=True, width=18),
        Column("state", "状态", value=_state, cell=_state_cell, width=12),
        Column("attempts", "次数", numeric=True, width=8),
        Column("sent_at", "发送时间", width=20),
        Column("why", "说明", value=_why, width=30),
        Column("text", "内容", value=_text, width=60),
    )
    filters = (
        Filter("state", "状态", kind="choice", choices=State.choices),
        Filter("kind", "种类", kind="choice", choices=lambda _viewer: choices()),
        Filter("channel", "渠道", kind="choice", choices=Channel.choices),
        Filter("created_at", "提交时间", kind="date_range", with_time=True),
    )

    def queryset(self, viewer: Viewer) -> QuerySet[Message]:
        return messages(viewer)

    def row_label(self, row: Any) -> str:
        return f"{label_of(row.kind)} {row.recipient_masked}"

    def notices(self, viewer: Viewer) -> str:
        if texts_are_open():
            return str(note("这是试用系统：没有接通网关的短信和邮件只放在这里，内容可以看到。", "run"))
        return ""

    def empty(self, viewer: Viewer) -> Empty:
        return Empty("还没有发出消息", "验证码和退回通知发出后，在这里看到发给谁、什么时候、是否成功。")


LISTS: tuple[type[ListSpec], ...] = (MessageList,)
