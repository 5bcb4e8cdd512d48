"""For the tests of every app that declares an import: workbooks from plain lists, and the contract of a spec."""

from .tests.contract import ImportContract
from .tests.workbooks import csv_file, lines_of, xls_file, xlsx_file

__all__ = ["ImportContract", "csv_file", "lines_of", "xls_file", "xlsx_file"]
