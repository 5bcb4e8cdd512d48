"""The head of the chain, taken out of the machine: who keeps it can prove later that nothing was cut off or rewritten.

A signed JSON text. The signature shows that this installation made it; the digests in it are what is compared.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Sum

from xinglin.kernel import clock
from xinglin.vault.hashing import keyed_hash

from .digesting import DIGEST_BYTES
from .models import HistorySeal
from .sealing import last_seals

KIND = "xinglin-history-head"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal of one partition and how many rows its chain holds."""

    partition: str
    sequence: int
    digest: str
    rows: int


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of all partitions at one moment. ``ours``: the signature is this installation's."""

    made_at: str
    partitions: tuple[Head, ...]
    ours: bool = True

    @property
    def rows(self) -> int:
        """Sealed rows in all partitions."""
        return sum(head.rows for head in self.partitions)


def current() -> Heads:
    """The heads as they are now."""
    ends = last_seals()
    counts = dict(HistorySeal.objects.values("partition").annotate(n=Sum("rows")).values_list("partition", "n"))
    found = (Head(name, sequence, digest, counts[name]) for name, (sequence, digest) in sorted(ends.items()))
    return Heads(clock.now().isoformat(timespec="seconds"), tuple(found))


def export(heads: Heads) -> str:
    """The signed text of some heads."""
    content = {
        "kind": KIND,
        "format": FORMAT,
        "made_at": heads.made_at,
        "rows": heads.rows,
        "partitions": [asdict(head) for head in heads.partitions],
    }
    return json.dumps({**content, "signature": _signature(content)}, ensure_ascii=False, indent=2) + "\n"


def parse(text: str) -> Heads:
    """Read an exported text. Raises ValueError with a Chinese sentence for anything else."""
    try:
        content = json.loads(text)
        signature = content.pop("signature")
        if content["kind"] != KIND or content["format"] != FORMAT:
            raise ValueError
        datetime.fromisoformat(content["made_at"])
        heads = tuple(_head(**entry) for entry in content["partitions"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError("这不是“xinglin history-head”导出的链头文件，或文件已经损坏。") from error
    ours = hmac.compare_digest(str(signature), _signature(content))
    return Heads(content["made_at"], heads, ours)


def _head(*, partition: str, sequence: int, digest: str, rows: int) -> Head:
    bytes_ = bytes.fromhex(digest)
    if type(sequence) is not int or type(rows) is not int or len(bytes_) != DIGEST_BYTES or type(partition) is not str:
        raise ValueError(partition)
    return Head(partition, sequence, digest, rows)


def _signature(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return keyed_hash(KIND, text)
