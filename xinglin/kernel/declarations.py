"""A field of a record is declared once, on its model; form, template, import, report check and mask read it here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models

SHORT = 100
"""Text up to so many characters is the name of something; what is longer may be any sentence."""
_KINDS = {models.DateField: "date", models.BooleanField: "bool", models.IntegerField: "int"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What every face needs to know of one field.

    ``kind``: text, code, date, bool, int, image, id_number, mobile, uscc, email or name. ``owner``: who edits it,
    'person' or 'base'. ``mask`` names the mask of lists. ``fixed``: never changed after creation. ``cleaner`` takes
    what was typed and gives what is stored, or raises ValueError with the reason in Chinese (None: that of the kind).
    """

    name: str
    label: str
    kind: str
    section: str = ""
    code_table: str | None = None
    help: str = ""
    example: str = ""
    max_length: int | None = None
    sensitive: bool = False
    mask: str | None = None
    owner: str = "person"
    fixed: bool = False
    derived: bool = False
    cleaner: Callable[[object], str] | None = None


F = TypeVar("F", bound="models.Field[Any, Any]")


def declared(
    field: F,
    *,
    kind: str | None = None,
    section: str = "",
    code_table: str | None = None,
    example: str = "",
    sensitive: bool = False,
    mask: str | None = None,
    owner: str = "person",
    fixed: bool = False,
    derived: bool = False,
    cleaner: Callable[[object], str] | None = None,
) -> F:
    """Attach the product's declaration to a Django field; label and help stay where Django keeps them."""
    field.xl_declaration = {  # type: ignore[attr-defined]
        "kind": kind,
        "section": section,
        "code_table": code_table,
        "example": example,
        "sensitive": sensitive,
        "mask": mask,
        "owner": owner,
        "fixed": fixed,
        "derived": derived,
        "cleaner": cleaner,
    }
    return field


def _kind_of(field: models.Field[Any, Any], options: dict[str, Any]) -> str:
    if options["kind"]:
        return str(options["kind"])
    if options["code_table"]:
        return "code"
    for django_class, kind in _KINDS.items():
        if isinstance(field, django_class):
            return kind
    return "text"


def _iterate(model: type[models.Model]) -> Iterator[Declaration]:
    for field in model._meta.get_fields():
        options = getattr(field, "xl_declaration", None)
        if options is None or not isinstance(field, models.Field):
            continue
        yield Declaration(
            name=field.name,
            label=str(field.verbose_name),
            kind=_kind_of(field, options),
            section=options["section"],
            code_table=options["code_table"],
            help=str(field.help_text),
            example=options["example"],
            max_length=getattr(field, "plain_length", None) or getattr(field, "max_length", None),
            sensitive=options["sensitive"],
            mask=options["mask"],
            owner=options["owner"],
            fixed=options["fixed"],
            derived=options["derived"],
            cleaner=options["cleaner"],
        )


def declarations_of(model: type[models.Model], section: str | None = None) -> dict[str, Declaration]:
    """All declarations of a model in field order, or those of one section."""
    return {d.name: d for d in _iterate(model) if section is None or d.section == section}
