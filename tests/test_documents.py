"""The documents keep up with the code: the table of roles is the roles, and every link and picture is there."""

import re
from pathlib import Path

from django.apps import apps

from scripts import roles_table
from tests.sources import ROOT, files, read

LINK = re.compile(r"\]\(([^)\s]+)\)")
LARGEST_PICTURE = 200_000


def test_the_table_of_roles_is_up_to_date():
    assert roles_table.TABLE.read_text(encoding="utf-8") == roles_table.table(), "run `make docs`"


def test_every_permission_has_a_meaning():
    assert set(roles_table.permissions()) == set(roles_table.MEANING), "keep MEANING in scripts/roles_table.py"


def documents() -> list[Path]:
    return [path for path in files() if path.suffix == ".md"]


def test_links_lead_to_files_of_ours():
    broken = [
        f"{path}: {target}"
        for path in documents()
        for target in LINK.findall(read(path))
        if not re.match(r"https?:|mailto:|#", target)
        if not (ROOT / path.parent / target.partition("#")[0]).exists()
    ]
    assert not broken, "\n".join(broken)


def test_pictures_are_small():
    pictures = [path for path in files() if path.parent == Path("docs/images")]
    heavy = {str(path): (ROOT / path).stat().st_size for path in pictures}
    assert not {name: size for name, size in heavy.items() if size > LARGEST_PICTURE}
    named = "".join(map(read, documents()))
    assert not [path for path in pictures if path.name not in named], "a picture that no document shows"


def test_the_data_model_names_what_exists():
    models = apps.get_models()
    known = {constraint.name for model in models for constraint in model._meta.constraints}
    known |= {field.name for model in models for field in model._meta.get_fields()}
    known |= {field.attname for model in models for field in model._meta.concrete_fields}
    tables = {model._meta.db_table for model in models}
    named = set(re.findall(r"`([a-z0-9]*_[a-z0-9_]+)`", read(Path("docs/data-model.md"))))
    wrong = {word for word in named - known - tables if not (word[0] == "_" and _ends_a_table(word, tables))}
    assert not wrong, f"docs/data-model.md names what the models do not have: {wrong}"


def _ends_a_table(word: str, tables: set[str]) -> bool:
    return any(table.endswith(word) for table in tables)
