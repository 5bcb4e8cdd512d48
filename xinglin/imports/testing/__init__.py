"""For the tests of every app that declares an import: workbooks from plain lists, and the contract of a spec."""

from .contract import ImportContract
from .workbooks import csv_file, xls_file, xlsx_file

__all__ = ["ImportContract", "csv_file", "xls_file", "xlsx_file"]
