"""What the doctor asks about people: the index key is the one under which their numbers are found (Q-13)."""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.kernel.checkups import Finding, Look, bad, checkup, ok
from xinglin.people.models import Person
from xinglin.people.selectors import id_number_hash
from xinglin.vault import cipher


@checkup("people.index", title="检索密钥")
def index_key(look: Look) -> Iterator[Finding]:
    """The keyed hash of some ID numbers (with ``full``: of all) is the one that is stored beside them."""
    rows = Person.objects.for_system("doctor: does the index key fit?").filter(key__wrapped__isnull=False)
    rows = rows.exclude(id_number_hash="").select_related("key").order_by("-pk")
    seen = wrong = unread = 0
    for person in rows.iterator(chunk_size=500) if look.full else rows[: look.sample]:
        seen += 1
        try:
            wrong += id_number_hash(person.id_number) != person.id_number_hash
        except (cipher.Damaged, cipher.KeyDestroyed):
            unread += 1
    if unread:
        yield bad(f"{unread:,} 人的证件号码解不开。", "先按“数据密钥”一项处理。")
    if wrong and wrong == seen - unread:
        yield bad(
            "检索密钥不是当时的那个：按证件号码找不到任何人，也登录不了。",
            "从备份里取回 XINGLIN_KEYS 中 index 的值；这个值永远不换。",
        )
    elif wrong:
        yield bad(
            f"{wrong:,} 人的检索值与证件号码不符。", "这些记录不是经本系统改动的；请对照历史记录查明，并联系技术支持。"
        )
    yield ok(f"核对了 {seen:,} 人。")
