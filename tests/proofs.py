"""Which test proves which requirement: read from markers and docstrings; `make docs` writes docs/requirements.md."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.sources import ROOT, test_files, tree

ID = re.compile(r"\b[PRFTCEXQ]-\d{2}\b")
LIST = ROOT / "tests" / "requirements.txt"
TABLE = ROOT / "docs" / "requirements.md"
HEAD = """\
# Requirements and the tests that prove them

Made by `make docs` from the markers `@pytest.mark.req("…")` and the docstrings of the tests.

| ID | requirement | tests |
| --- | --- | --- |
"""


def titles() -> dict[str, str]:
    """What must be proven: ID → title, from tests/requirements.txt."""
    pairs = (line.split(maxsplit=1) for line in LIST.read_text(encoding="utf-8").splitlines() if ID.match(line))
    return {identifier: title.strip() for identifier, title in pairs}


def proofs() -> dict[str, list[str]]:
    """ID → the tests that name it, as ``path::test``. A docstring of a module or class counts for all its tests."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in test_files():
        if path.name.startswith("test_"):
            module = tree(path)
            _collect(module.body, _named(module), path, found)
    return dict(sorted(found.items()))


def _collect(body: list[ast.stmt], inherited: set[str], path: Path, found: dict[str, list[str]]) -> None:
    for node in body:
        if isinstance(node, ast.ClassDef):
            _collect(node.body, inherited | _named(node), path, found)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            for identifier in inherited | _named(node):
                found[identifier].append(f"{path}::{node.name}")


def _named(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> set[str]:
    text = ast.get_docstring(node) or ""
    text += " ".join(ast.unparse(decorator) for decorator in getattr(node, "decorator_list", []))
    if isinstance(node, ast.Module):
        text += " ".join(ast.unparse(line) for line in node.body if "pytestmark" in ast.unparse(line)[:12])
    return set(ID.findall(text))


def table() -> str:
    proven, named = proofs(), titles()
    rows = []
    for identifier in sorted(set(proven) | set(named)):
        by_file: dict[str, list[str]] = defaultdict(list)
        for test in proven.get(identifier, []):
            file, name = test.split("::")
            by_file[file].append(name)
        cell = "<br>".join(f"`{file}`: {', '.join(names)}" for file, names in by_file.items())
        rows.append(f"| {identifier} | {named.get(identifier, '')} | {cell or '–'} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
    print(f"{TABLE.relative_to(ROOT)}: {len(proofs())} requirements with tests")
