"""Reads of the tree: subtrees, provinces, bases, what they may be and train on a day (P-01 to P-03)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from xinglin.kernel import clock, text
from xinglin.kernel.viewer import Viewer

from . import rules
from .enums import Accreditation, CapabilityKind, Kind
from .models import Affiliation, Capability, Department, Organization, SpecialtyBase

PUBLIC = "names of organisations and what they are accredited for are public"


def organizations(viewer: Viewer) -> QuerySet[Organization]:
    """The viewer's own node and its subtree."""
    return Organization.objects.visible_to(viewer).order_by("path")


def subtree(organization: Organization) -> QuerySet[Organization]:
    """A node and everything below it."""
    return Organization.objects.for_system(PUBLIC).filter(path__startswith=organization.path).order_by("path")


def provinces(viewer: Viewer | None = None) -> QuerySet[Organization]:
    """Provinces in the viewer's scope; without a viewer all, by name."""
    every = Organization.objects.for_system(PUBLIC) if viewer is None else Organization.objects.visible_to(viewer)
    return every.filter(kind=Kind.PROVINCE).order_by("division", "id")


def association() -> Organization | None:
    """The node that arranges windows and keeps accounts for the country."""
    return Organization.objects.for_system(PUBLIC).filter(kind=Kind.ASSOCIATION).first()


def dated(day: date | None = None) -> Q:
    """The condition that a capability or affiliation counts on a day (today)."""
    day = day or clock.today()
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def with_capability(
    kind: str, track: str | None = None, day: date | None = None, *, viewer: Viewer | None = None
) -> QuerySet[Organization]:
    """Organisations that may be this on a day, in a track (None: any)."""
    held = Capability.objects.for_system(PUBLIC).filter(dated(day), organization=OuterRef("pk"), kind=kind)
    if track:
        held = held.filter(track=track)
    every = Organization.objects.for_system(PUBLIC) if viewer is None else Organization.objects.visible_to(viewer)
    return every.filter(Exists(held))


def bases(viewer: Viewer, track: str | None = None, day: date | None = None) -> QuerySet[Organization]:
    """Training bases in the viewer's scope and track, by province and code."""
    found = with_capability(CapabilityKind.TRAINING_BASE, track or viewer.track, day, viewer=viewer)
    return found.order_by("province_id", "code", "id")


def base_tracks(organizations: Iterable[int], day: date | None = None) -> dict[int, set[str]]:
    """The tracks that some organisations train on a day; those that are no base then are left out."""
    held = Capability.objects.for_system(PUBLIC).filter(
        dated(day), organization__in=list(organizations), kind=CapabilityKind.TRAINING_BASE
    )
    found: dict[int, set[str]] = {}
    for organization, track in held.values_list("organization", "track"):
        found.setdefault(organization, set()).add(track)
    return found


def is_base(organization: Organization, track: str | None = None, day: date | None = None) -> bool:
    """Whether it may train on a day."""
    return has_capability(organization, CapabilityKind.TRAINING_BASE, track, day)


def has_capability(organization: Organization, kind: str, track: str | None = None, day: date | None = None) -> bool:
    """Whether the organisation may be this on a day."""
    found = capabilities(organization, day).filter(kind=kind)
    return (found.filter(track=track) if track else found).exists()


def capabilities(organization: Organization, day: date | None = None) -> QuerySet[Capability]:
    """What the organisation may be on a day."""
    return Capability.objects.for_system(PUBLIC).filter(dated(day), organization=organization).order_by("kind", "track")


def base_of(viewer: Viewer) -> Organization | None:
    """The viewer's organisation where it is a training base, else None."""
    if viewer.organization_id is None:
        return None
    node = Organization.objects.for_system("the viewer's own organisation").filter(pk=viewer.organization_id).first()
    return node if node is not None and is_base(node) else None


def affiliates(base: Organization, day: date | None = None) -> QuerySet[Organization]:
    """Units that train part of a base's rotations on a day, by name."""
    linked = Affiliation.objects.for_system(PUBLIC).filter(dated(day), base=base).values("affiliate")
    return Organization.objects.for_system(PUBLIC).filter(pk__in=linked).order_by("name")


def bases_of_affiliate(affiliate: Organization, day: date | None = None) -> QuerySet[Organization]:
    """Bases that a unit serves on a day, by name."""
    linked = Affiliation.objects.for_system(PUBLIC).filter(dated(day), affiliate=affiliate).values("base")
    return Organization.objects.for_system(PUBLIC).filter(pk__in=linked).order_by("name")


def affiliations(viewer: Viewer, organization: Organization) -> QuerySet[Affiliation]:
    """Dated relations of an organisation, as base or as affiliate, ended ones too, newest first (P-03)."""
    found = Affiliation.objects.visible_to(viewer).select_related("base", "affiliate")
    return found.filter(Q(base=organization) | Q(affiliate=organization)).order_by("-starts_on", "-id")


def specialty_bases(
    organization: Organization, track: str | None = None, *, all_states: bool = False
) -> QuerySet[SpecialtyBase]:
    """Specialties that a base may train, by code; withdrawn ones only with ``all_states``."""
    found = SpecialtyBase.objects.for_system(PUBLIC).filter(organization=organization)
    if track:
        found = found.filter(track=track)
    if not all_states:
        found = found.exclude(accreditation=Accreditation.WITHDRAWN)
    return found.order_by("track", "specialty")


def departments(viewer: Viewer, organization: Organization, *, all_states: bool = True) -> QuerySet[Department]:
    """Departments of one organisation in the viewer's scope."""
    found = Department.objects.visible_to(viewer).filter(organization=organization)
    return (found if all_states else found.filter(disabled_at__isnull=True)).order_by("name")


def children(viewer: Viewer, organization: Organization) -> QuerySet[Organization]:
    """Nodes directly below one, those of the viewer's scope: levels of government first, then hospitals."""
    found = Organization.objects.visible_to(viewer).filter(parent=organization)
    return found.order_by(Case(When(kind=Kind.HOSPITAL, then=1), default=0), "division", "name", "id")


def hospitals_called(words: str, most: int = 8) -> list[Organization]:
    """Hospitals of the country whose name, short name, code or USCC was typed; else those whose name has the words."""
    words = text.normalise(words)
    if not words:
        return []
    known = Organization.objects.for_system(PUBLIC).filter(kind=Kind.HOSPITAL)
    code = text.normalise_code(words).upper()
    exact = list(known.filter(Q(name=words) | Q(code=code) | Q(uscc=code))[:most])
    if exact:
        return exact
    return list(known.filter(Q(name__contains=words) | Q(short_name=words)).order_by("name")[:most])


def ancestors(organization: Organization) -> list[Organization]:
    """From the root down to the parent."""
    found = Organization.objects.for_system(PUBLIC).in_bulk(rules.ids_in(organization.path)[:-1])
    return [found[pk] for pk in rules.ids_in(organization.path)[:-1]]
