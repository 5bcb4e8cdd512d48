"""What the doctor asks about the code tables (P-10, Q-13)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count

from xinglin.dictionaries import sources
from xinglin.dictionaries.models import CodeTable
from xinglin.kernel.checkups import Finding, Look, bad, checkup, ok


@checkup("dictionaries.tables", title="代码表")
def tables(look: Look) -> Iterator[Finding]:
    """Every shipped table is loaded and has entries."""
    counted = dict(CodeTable.objects.order_by().annotate(n=Count("entries")).values_list("key", "n"))
    missing = sorted(key for key in sources.shipped_keys() if not counted.get(key))
    if missing:
        yield bad(f"缺少代码表：{'、'.join(missing)}。", "运行 xinglin prepare（或 xinglin load_dictionaries）。")
    yield ok(f"代码表 {len(counted)} 个，共 {sum(counted.values()):,} 项。")
