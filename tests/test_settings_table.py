"""docs/settings.md is the one table of all settings: none is missing there, none is left over."""

import re

from tests.sources import files, read, source_files

READ = re.compile(r'(?:env\.(?:text|flag|words)|(?<!def )\b(?:text|flag|words)|environ\.get)\(\s*"([A-Z][A-Z_]+)"')
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.M)
OTHERWISE = {"PYTHON", "XINGLIN_TEST_PROCESSES"}  # read by scripts, named below the table


def test_the_table_names_exactly_what_is_read():
    read_by_code = {name for path in source_files() for name in READ.findall(read(path))}
    table = next(read(path) for path in files() if str(path) == "docs/settings.md")
    assert read_by_code - {"DJANGO_SETTINGS_MODULE"} == set(ROW.findall(table))
    assert all(f"`{name}`" in table for name in OTHERWISE)
