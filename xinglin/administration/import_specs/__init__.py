"""Imports of 系统管理; importing this package registers them."""

from xinglin.imports.registry import register

from .codes import CodeTableImport

CODE_TABLE = register(CodeTableImport())

__all__ = ["CODE_TABLE"]
