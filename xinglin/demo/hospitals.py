"""Invented hospitals: which bases a province has, in which track and how big, and whom they work with."""

from __future__ import annotations

from dataclasses import dataclass

from .places import PROVINCES, Province

DENTAL = tuple(f"{number}00" for number in range(28, 35))
CORE = ("0100", "0200", "0300", "0600", "0700", "0900", "1400", "1600", "1900", "2200", "2300")
LARGE = (
    *CORE, "0400", "0500", "0800", "1000", "1100", "1200", "1700", "1800", "2000", "2100", "3500",
)  # fmt: skip
ALL_BUT_DENTAL = (*LARGE, "1300", "1500", "2400", "2500", "2600")
MOTHER_AND_CHILD = ("0200", "1500", "1600", "1900", "2300", "2600")
TCM = ("Z100", "Z200")


@dataclass(frozen=True, slots=True)
class Hospital:
    """A base. ``intake``: persons a year; ``western`` and ``tcm``: specialties that it may train."""

    name: str
    city: str
    intake: int
    western: tuple[str, ...] = ()
    tcm: tuple[str, ...] = ()
    affiliates: tuple[str, ...] = ()


def _usual(province: Province) -> tuple[Hospital, ...]:
    """What a province of middling size has: university, provincial, city and TCM hospitals."""
    stem = province.name.removesuffix("省")
    first, second, third, fourth = province.cities[:4]
    return (
        Hospital(f"{stem}医科大学附属第一医院", first, 34, ALL_BUT_DENTAL, (), (f"{first}南浦区人民医院",)),
        Hospital(f"{province.name}人民医院", first, 28, LARGE, TCM[1:], (f"{first}北亭区社区卫生服务中心",)),
        Hospital(f"{second}中心医院", second, 22, LARGE, (), (f"{second}安澜县人民医院",)),
        Hospital(f"{third}人民医院", third, 16, CORE),
        Hospital(f"{fourth}第一人民医院", fourth, 14, CORE),
        Hospital(f"{province.name}中医院", first, 18, (), TCM, (f"{second}中医院",)),
    )


def _lanjiang() -> tuple[Hospital, ...]:
    return (
        Hospital(
            "澜江大学附属第一医院", "青屏市", 186, ALL_BUT_DENTAL, TCM,
            ("青屏市南浦区人民医院", "青屏市北亭区社区卫生服务中心"),
        ),
        Hospital("澜江省人民医院", "青屏市", 60, ALL_BUT_DENTAL, (), ("青屏市南浦区人民医院",)),
        Hospital("青屏市中心医院", "青屏市", 40, LARGE, (), ("青屏市安澜县人民医院",)),
        Hospital("云汀市第一人民医院", "云汀市", 36, LARGE),
        Hospital("桐川市人民医院", "桐川市", 28, LARGE, (), ("桐川市妇幼保健院",)),
        Hospital("望溪市中心医院", "望溪市", 20, CORE),
        Hospital("岚山市人民医院", "岚山市", 16, CORE),
        Hospital("柳浦市第二人民医院", "柳浦市", 14, CORE),
        Hospital("鹭洲市妇幼保健院", "鹭洲市", 12, MOTHER_AND_CHILD),
        Hospital("澜江大学附属口腔医院", "青屏市", 14, DENTAL),
        Hospital("澜江省中医院", "青屏市", 24, (), TCM, ("云汀市中医院",)),
    )  # fmt: skip


def hospitals_of(province: Province) -> tuple[Hospital, ...]:
    """All bases of a province; the first province is drawn in most detail."""
    return _lanjiang() if province is PROVINCES[0] else _usual(province)
