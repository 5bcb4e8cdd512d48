"""What the product imports is in the runtime lock: `make run` installs nothing else (Q-14)."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.sources import ROOT, source_files, tree

FOR_TESTS = {"testing.py"}


def imported(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.req("Q-14")
def test_every_imported_package_is_locked_for_the_runtime():
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "requirements/base.txt").read_text(), re.M))
    owners = packages_distributions()
    missing = {}
    for path in source_files():
        if path.name in FOR_TESTS or "testing" in path.parts:
            continue
        for module in set(imported(path)) - set(sys.stdlib_module_names) - {"xinglin"}:
            names = {re.sub(r"[-_.]+", "-", name).lower() for name in owners.get(module, [])}
            if not names & locked:
                missing.setdefault(module, str(path))
    assert not missing, f"add these to requirements/base.in and run make requirements: {missing}"
