"""Imports of recruitment: accounts (R-03) and 培训信息 (R-05). Importing this package registers both."""

from xinglin.imports.registry import register

from .accounts import AccountImport
from .training import TrainingImport

ACCOUNTS = register(AccountImport())
TRAINING = register(TrainingImport())

__all__ = ["ACCOUNTS", "TRAINING"]
