"""docs/settings.md is the one table of all settings: none is missing there, none is left over."""

import re

from tests.sources import files, read, source_files
from xinglin.config.secret_values import NAMES

READ = re.compile(
    r'(?:env\.(?:text|flag|words|secret)|(?<!def )\b(?:text|flag|words|secret)|environ\.get)\(\s*"([A-Z][A-Z_]+)"'
)
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.M)
OTHERWISE = {"PYTHON", "XINGLIN_TEST_PROCESSES"}  # read by scripts, named below the table


def test_the_table_names_exactly_what_is_read():
    read_by_code = {name for path in source_files() for name in READ.findall(read(path))}
    table = next(read(path) for path in files() if str(path) == "docs/settings.md")
    assert read_by_code - {"DJANGO_SETTINGS_MODULE", "CREDENTIALS_DIRECTORY"} == set(ROW.findall(table))
    assert all(f"`{name}`" in table for name in OTHERWISE)


def test_every_secret_says_that_it_need_not_be_a_variable():
    table = next(read(path) for path in files() if str(path) == "docs/settings.md")
    told = table.split("## Secrets")[1].split("\n## ")[0]
    assert set(re.findall(r"`([A-Z_]+)`", told.split("\n\n")[1])) == set(NAMES)
    read_as_secrets = {name for path in source_files() for name in re.findall(r'\bsecret\("([A-Z_]+)"\)', read(path))}
    assert read_as_secrets == set(NAMES), "none is read past the one reader"
