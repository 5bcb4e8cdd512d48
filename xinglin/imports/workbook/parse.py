"""The process that reads one file: ``python -m xinglin.imports.workbook.parse '{"wanted": …}' < file > json``.

It lives for one file, under limits of memory and processor time, so that no upload can hurt the server (Q-11).
"""

from __future__ import annotations

import gc
import json
import resource
import sys

from .csv_text import rows_of
from .limits import Limits
from .problems import Unreadable
from .sniff import format_of


def confine(limits: Limits) -> None:
    """Memory and processor time of this process, in bytes and seconds."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(data: bytes, wanted: str, labels: list[str], limits: Limits) -> dict:
    """The sheet as a JSON object, or ``{"refused": message}``."""
    try:
        file_format = format_of(data)
        if file_format == "csv":
            lines, encoding = rows_of(data, labels, limits)
            if not lines:
                raise Unreadable("文件是空的，里面没有内容")
            return {"format": f"csv（{encoding}）", "sheet": "", "lines": lines}
        from .sheets import load

        return {"format": file_format, **load(data, file_format, wanted, labels, limits)}
    except Unreadable as refusal:
        return {"refused": str(refusal)}


def main() -> None:
    request = json.loads(sys.argv[1])
    limits = Limits(**request["limits"])
    confine(limits)
    gc.disable()  # the process lives for one file, and cells hold no cycles
    try:
        result = answer(sys.stdin.buffer.read(), request["wanted"], request["labels"], limits)
    except MemoryError:
        result = {"refused": "文件展开后占用内存太多，已停止读取。请拆成几个文件，或删掉多余的内容后再上传"}
    sys.stdout.write(json.dumps(result, ensure_ascii=True, separators=(",", ":")))  # at once: dump() writes in scraps


if __name__ == "__main__":
    main()
