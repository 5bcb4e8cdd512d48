"""Scoped models: every row belongs to an organisation path, and reads name their viewer (Q-10).

A plain query on ``objects`` raises ``UnscopedQuery``; ``visible_to(viewer)`` and ``for_system(reason)`` are the
two ways in. Django's own machinery uses ``unscoped`` (base and default manager).
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.http import Http404

from .errors import UnscopedQuery
from .viewer import Viewer


class ScopedManager(models.Manager):
    """The only manager that our code uses on scoped models."""

    def visible_to(self, viewer: Viewer) -> models.QuerySet:
        """Rows within the viewer's subtree and track, or the viewer's own where the identity is personal."""
        return super().get_queryset().filter(self.model.scope_q(viewer))  # type: ignore[attr-defined]

    def for_system(self, reason: str) -> models.QuerySet:
        """All rows, for rules that look beyond any viewer (uniqueness, jobs). ``reason`` is for the reader."""
        if not reason:
            raise UnscopedQuery("for_system needs a reason")
        return super().get_queryset()

    def get_queryset(self) -> models.QuerySet:
        raise UnscopedQuery(f"{self.model.__name__}.objects: say visible_to(viewer) or for_system(reason)")


class ScopedModel(models.Model):
    """Base of every model that belongs to somebody.

    ``scope_organization`` is the lookup of the organisation path (None: seen by persons and the system only),
    ``scope_track`` of the track (None: no track), ``scope_person`` of the person (None: personal identities see
    nothing here). Big tables also name ``scope_base`` and ``scope_province``, the columns that answer for a
    hospital or a province without a prefix search.
    """

    scope_organization: str | None = "organization_path"
    scope_base: str | None = None
    scope_province: str | None = None
    scope_track: str | None = None
    scope_person: str | None = None

    unscoped = models.Manager()
    objects = ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "unscoped"
        default_manager_name = "unscoped"

    @classmethod
    def scope_q(cls, viewer: Viewer) -> Q:
        """The filter that keeps a viewer to its own rows."""
        if viewer.is_person:
            if cls.scope_person is None or viewer.person_id is None:
                return Q(pk__in=[])
            return Q(**{cls.scope_person: viewer.person_id})
        if viewer.organization_path == "/":
            return Q()
        if not viewer.organization_path or cls.scope_organization is None:
            return Q(pk__in=[])
        if cls.scope_base and viewer.organization_kind == "hospital":
            scope = Q(**{cls.scope_base: viewer.organization_id})
        elif cls.scope_province and viewer.organization_kind == "province":
            scope = Q(**{cls.scope_province: viewer.organization_id})
        else:
            scope = Q(**{f"{cls.scope_organization}__startswith": viewer.organization_path})
        if viewer.track and cls.scope_track:
            scope &= Q(**{cls.scope_track: viewer.track})
        return scope


M = TypeVar("M", bound="ScopedModel")


def get_visible_or_404(model: type[M], viewer: Viewer, **lookup: Any) -> M:
    """The one row in the viewer's scope; anything foreign is Http404, as if it did not exist."""
    try:
        return model.objects.visible_to(viewer).get(**lookup)
    except (model.DoesNotExist, ValueError, TypeError) as error:
        raise Http404 from error
