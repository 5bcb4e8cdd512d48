from .organization import Affiliation, Capability, Organization
from .units import Department, SpecialtyBase

__all__ = ["Affiliation", "Capability", "Department", "Organization", "SpecialtyBase"]
