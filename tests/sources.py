"""The files of this repository, by kind, for the guards."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {".git", ".venv", ".venv-maker", "node_modules", "staticfiles", "test-results", "__pycache__"}
NOT_OURS |= {".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis"}
DATA = ROOT / "data"


@cache
def files() -> tuple[Path, ...]:
    """Every file of ours, relative to the root."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(name for name in set(folders) - NOT_OURS if Path(folder) / name != DATA)
        paths = [Path(folder) / name for name in sorted(names)]
        found += [path.relative_to(ROOT) for path in paths if path.is_file() and not path.is_symlink()]
    return tuple(found)


def is_test(path: Path) -> bool:
    return "tests" in path.parts or path.name == "conftest.py"


def source_files() -> list[Path]:
    """Python files of the product: no tests, no migrations."""
    return [
        path
        for path in files()
        if path.suffix == ".py" and path.parts[0] == "xinglin" and not is_test(path) and "migrations" not in path.parts
    ]


def test_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and is_test(path)]


def templates() -> list[Path]:
    return [path for path in files() if path.suffix == ".html" and "templates" in path.parts]


def read(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def lines(path: Path) -> int:
    return read(path).count("\n")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(read(path), str(path))


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call in a file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


test_files.__test__ = False  # type: ignore[attr-defined]
