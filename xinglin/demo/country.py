"""Building the organisations of the story by the product's own actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from xinglin.dictionaries import actions as dictionaries
from xinglin.dictionaries import selectors as codes
from xinglin.kernel import uscc
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import actions
from xinglin.organizations.enums import CapabilityKind, Kind, Track
from xinglin.organizations.models import Organization
from xinglin.ui.actions import set_site

from . import places
from .hospitals import Hospital, hospitals_of
from .people import a_phone
from .places import PROVINCES, Province

SINCE = date(2014, 9, 1)
SITE: dict[str, Any] = {
    "phone": "16000000000", "hours": "工作日 9:00-17:00", "mail": "service@example.cn",
    "footer": "演示系统，机构和人员都是虚构的",
}  # fmt: skip
"""Contact of the installation: a number that nobody is given, an address that cannot exist (P-14)."""
DEPARTMENTS = ("内科", "外科", "妇产科", "儿科", "急诊医学科", "麻醉科", "医学影像科", "中医科")


@dataclass(slots=True)
class Base:
    """A training base of the story, with what the plot needs to know of it."""

    node: Organization
    hospital: Hospital
    province: Province
    province_node: Organization
    affiliates: list[Organization] = field(default_factory=list)

    def specialties(self, track: str) -> tuple[str, ...]:
        return self.hospital.western if track == Track.WESTERN else self.hospital.tcm

    @property
    def tracks(self) -> list[str]:
        return [track.value for track in Track if self.specialties(track)]


@dataclass(slots=True)
class Country:
    """Everything that staff and residents hang on."""

    ministry: Organization
    association: Organization
    provinces: dict[str, Organization] = field(default_factory=dict)
    bases: list[Base] = field(default_factory=list)


def build(rng: Random, *, by: Viewer) -> Country:
    """The code table's invented divisions, the tree, capabilities, affiliations, specialty bases, departments."""
    dictionaries.add_entries("division", places.division_entries(), places.SOURCE)
    set_site(by=by, **SITE)
    ministry = actions.create_organization(None, kind=Kind.MINISTRY, name="国家卫生健康委 国家中医药管理局", by=by)
    association = actions.create_organization(ministry, kind=Kind.ASSOCIATION, name="中国医师协会", by=by)
    country = Country(ministry, association)
    builder = _Builder(rng, by)
    for province in PROVINCES:
        node = actions.create_organization(
            association,
            kind=Kind.PROVINCE,
            name=f"{province.name}卫生健康委科教处",
            short_name=province.name,
            division=province.division,
            contact_phone=a_phone(rng),
            by=by,
        )
        country.provinces[province.code] = node
        set_site(by=by, province_id=node.pk, phone=a_phone(rng), footer=f"{province.name}卫生健康委科教处（演示）")
        for number, hospital in enumerate(hospitals_of(province), 1):
            country.bases.append(builder.base(province, node, hospital, number))
    return country


class _Builder:
    def __init__(self, rng: Random, by: Viewer) -> None:
        self.rng, self.by = rng, by
        self.serial = 1000
        self.units: dict[str, Organization] = {}
        self.subjects = {label: code for code, label in codes.labels("medical_subject").items()}

    def hospital(self, province: Province, parent: Organization, name: str, city: str, code: str = "") -> Organization:
        """One hospital is one node, whatever it serves."""
        if name not in self.units:
            self.serial += self.rng.randint(1, 400)
            division = province.city_division(city)
            self.units[name] = actions.create_organization(
                parent,
                kind=Kind.HOSPITAL,
                name=name,
                code=code,
                uscc=uscc.synthetic(province.county_divisions(city)[0], self.serial),
                division=division,
                contact_name="教学办公室",
                contact_phone=a_phone(self.rng),
                by=self.by,
            )
        return self.units[name]

    def base(self, province: Province, parent: Organization, hospital: Hospital, number: int) -> Base:
        """A training base with its specialties, affiliates and some departments."""
        code = f"{province.letters.upper()}{number:03d}"
        node = self.hospital(province, parent, hospital.name, hospital.city, code)
        base = Base(node, hospital, province, parent)
        for track in base.tracks:
            actions.add_capability(node, CapabilityKind.TRAINING_BASE, track=track, starts_on=SINCE, by=self.by)
            for specialty in base.specialties(track):
                capacity = max(3, round(hospital.intake / len(base.specialties(track)) * self.rng.uniform(1.2, 2.2)))
                actions.add_specialty_base(node, track, specialty, capacity, by=self.by)
        for name in hospital.affiliates:
            city = next(city for city in province.cities if name.startswith(city))
            base.affiliates.append(self._affiliate(province, parent, node, name, city))
        for name in DEPARTMENTS[: 4 if hospital.intake < 20 else None]:
            self._department(node, name)
        return base

    def _affiliate(
        self, province: Province, parent: Organization, base: Organization, name: str, city: str
    ) -> Organization:
        new = name not in self.units
        unit = self.hospital(province, parent, name, city)
        if new:
            actions.add_capability(unit, CapabilityKind.AFFILIATE, starts_on=SINCE, by=self.by)
        actions.affiliate(base, unit, starts_on=SINCE, by=self.by)
        return unit

    def _department(self, node: Organization, name: str) -> None:
        code = self.subjects.get(name)
        if code:
            actions.save_department(node, name, [code], by=self.by)
