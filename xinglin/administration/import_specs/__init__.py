"""Imports of 系统管理; importing this package registers them."""

from xinglin.imports.registry import register

from .codes import CodeTableImport
from .departments import DepartmentImport
from .specialty_bases import SpecialtyBaseImport
from .staff import StaffImport
from .training_bases import TrainingBaseImport

CODE_TABLE = register(CodeTableImport())
TRAINING_BASES = register(TrainingBaseImport())
SPECIALTY_BASES = register(SpecialtyBaseImport())
DEPARTMENTS = register(DepartmentImport())
STAFF = register(StaffImport())

__all__ = ["CODE_TABLE", "DEPARTMENTS", "SPECIALTY_BASES", "STAFF", "TRAINING_BASES"]
