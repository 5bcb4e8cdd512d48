"""Forms of the organisation screens."""

from .nodes import ContactForm, NodeForm
from .spans import AffiliationForm, CapabilityForm, EndForm
from .units import DepartmentForm, SpecialtyChangeForm, SpecialtyForm

__all__ = [
    "AffiliationForm",
    "CapabilityForm",
    "ContactForm",
    "DepartmentForm",
    "EndForm",
    "NodeForm",
    "SpecialtyChangeForm",
    "SpecialtyForm",
]
