"""Five provinces that do not exist, with cities and counties. Their codes lie in numbers that GB/T 2260 never gave out."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

SOURCE = "演示数据（虚构的行政区划，GB/T 2260 未使用的代码）"
COUNTIES = ("南浦区", "北亭区", "东屏区", "西溪区", "清河县", "安澜县")
COUNTIES_EACH = 4
# Counties that do not exist, in which all ID numbers are issued, so that no living person can own one. They are in the
# table, so that an import does not doubt them, and cannot be chosen.
ID_AREAS = ("110199", "320199", "510199", "330199", "420199", "430199", "610199", "370199")


@dataclass(frozen=True, slots=True)
class Province:
    """An invented province; the first city is its capital. ``letters`` begin codes and user names."""

    code: str
    name: str
    letters: str
    cities: tuple[str, ...]

    @property
    def division(self) -> str:
        return f"{self.code}0000"

    def city_division(self, city: str) -> str:
        """Six digits of a city."""
        return f"{self.code}{self.cities.index(city) + 1:02d}00"

    def county_divisions(self, city: str) -> list[str]:
        """Six digits of the counties of a city."""
        return [f"{self.city_division(city)[:4]}{number:02d}" for number in range(1, COUNTIES_EACH + 1)]


PROVINCES = (
    Province("66", "澜江省", "lj", ("青屏市", "云汀市", "桐川市", "岚山市", "望溪市", "鹭洲市", "柳浦市")),
    Province("67", "沧屿省", "cy", ("碧浔市", "霞汀市", "屿宁市", "澄湾市")),
    Province("68", "朔川省", "sc", ("朔宁市", "赤砾市", "黑松市", "鹤渚市")),
    Province("69", "云泽省", "yz", ("泽芳市", "茗溪市", "竹渚市", "枫塘市")),
    Province("60", "渟海省", "th", ("汐安市", "渔澳市", "贝沙市", "望潮市")),
)


def division_entries() -> list[dict[str, Any]]:
    """Rows for the code table of divisions, as the shipped ones are built: whole labels, own short labels."""
    rows: list[dict[str, Any]] = []
    for province in PROVINCES:
        rows.append(_entry(province.division, province.name, province.name.removesuffix("省"), "", "province"))
        for city in province.cities:
            code = province.city_division(city)
            rows.append(_entry(code, province.name + city, city, province.division, "city"))
            for county, name in zip(province.county_divisions(city), COUNTIES, strict=False):
                rows.append(_entry(county, province.name + city + name, name, code, "county"))
    for code in ID_AREAS:
        rows.append(_entry(code, f"虚构县（{code}）", "虚构县", f"{code[:2]}0000", "county", choosable=False))
    return rows


def _entry(code: str, label: str, short: str, parent: str, level: str, *, choosable: bool = True) -> dict[str, Any]:
    extra = {"level": level, "choosable": choosable}
    return {"code": code, "label": label, "short_label": short, "parent_code": parent, "extra": extra}


def a_county(rng: Random, province: Province) -> str:
    """Six digits of some county of a province."""
    return rng.choice(province.county_divisions(rng.choice(province.cities)))
