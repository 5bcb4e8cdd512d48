"""Q-14: what is installed is locked to the byte, and wherever packages come from, no lock names it."""

import json
import re

import pytest

from tests.sources import ROOT

REQUIREMENTS = ROOT / "requirements"


def wanted(name: str) -> set[str]:
    lines = (REQUIREMENTS / f"{name}.in").read_text().splitlines()
    return {re.split(r"[\[~=<>;]", line)[0].strip() for line in lines if line and line[0] not in "#-"}


def locked(name: str) -> dict[str, str]:
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", text, re.M))


@pytest.mark.parametrize("name", ["base", "dev", "node"])
def test_every_python_package_is_locked_with_hashes(name):
    assert wanted(name) <= set(locked(name)), "make requirements"
    blocks = re.split(r"\n(?=\S)", (REQUIREMENTS / f"{name}.txt").read_text())
    bare = [block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block]
    assert not bare


def test_tests_run_on_the_versions_that_are_served():
    assert locked("base").items() <= locked("dev").items()


def test_browser_files_are_locked_without_addresses():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    named = {name: entry for name, entry in lock["packages"].items() if name}
    assert all("integrity" in entry and "resolved" not in entry for entry in named.values())
    asked = json.loads((ROOT / "package.json").read_text())
    assert {f"node_modules/{name}" for name in asked["dependencies"] | asked["devDependencies"]} <= set(named)
