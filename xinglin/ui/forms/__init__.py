"""Forms from declarations: one declaration on the model gives the field, its checks and its look (architecture.md)."""

from .declared import DeclaredForm
from .fields import form_field

__all__ = ["DeclaredForm", "form_field"]
