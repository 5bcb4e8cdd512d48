"""Model field whose attribute is plain text and whose column is ciphertext under the row's data key."""

from __future__ import annotations

from typing import Any

from django.db import models

from . import cipher


class _Sealed(bytes):
    """Ciphertext as it came from the database."""


class _PlainText:
    """Descriptor: opens the ciphertext on first access, keeps the plain text on the instance."""

    def __init__(self, field: SealedTextField) -> None:
        self.field = field

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            rows = type(instance)._base_manager.using(instance._state.db)
            instance.__dict__[name] = rows.values_list(name, flat=True).get(pk=instance.pk)
        value = instance.__dict__[name]
        if isinstance(value, _Sealed):
            value = cipher.open_(instance.key, value, self.field.context).decode() if value else ""
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):
    """Text encrypted under ``self.key`` (a DataKey) of the row. Empty text is stored as empty bytes.

    It cannot be filtered, sorted or searched: keep a keyed hash beside it for exact search.
    """

    handed_over_as = bytes
    """What `kernel.bulk` gets is sealed already."""
    _pyi_private_set_type: str  # for the type checker: what instances hold
    _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, plain_length: int = 200, **kwargs: Any) -> None:
        kwargs["editable"] = True
        kwargs.setdefault("default", b"")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.plain_length = plain_length

    @property
    def context(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["plain_length"] = self.plain_length
        return name, path, args, kwargs

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            setattr(cls, name, _PlainText(self))

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return _Sealed(value) if value is not None else ""

    def get_default(self) -> Any:
        return ""

    def pre_save(self, instance: Any, add: bool) -> Any:
        value = instance.__dict__.get(self.attname, "")
        if isinstance(value, _Sealed):
            return value
        return self.sealed(instance.key, value)

    def sealed(self, key: Any, value: str) -> bytes:
        """Ciphertext for a bulk insert."""
        return cipher.seal(key, value, self.context) if value else b""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(b"" if value == "" else value, connection, prepared)
