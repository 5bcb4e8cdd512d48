"""Checkups and measures: declared once, examined without falling over (Q-13)."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from xinglin.kernel import checkups as register
from xinglin.kernel import measures
from xinglin.kernel.checkups import Checkup, Level, Look, bad, checkup, examine, ok, warn

pytestmark = pytest.mark.req("Q-13")


@pytest.fixture(autouse=True)
def _own_registers(monkeypatch):
    monkeypatch.setattr(register, "_checkups", {})
    monkeypatch.setattr(measures, "_measures", {})


def one(function, needs_database=False):
    return Checkup("test.one", "试", function, needs_database)


def test_findings_come_worst_first_and_the_level_is_the_worst():
    result = examine(one(lambda look: [ok("a"), warn("b", "do"), bad("c", "do"), warn("d", "do")]), Look())
    assert [finding.what for finding in result.findings] == ["c", "b", "d", "a"]
    assert result.level is Level.BAD and result.seconds >= 0


@pytest.mark.parametrize("nothing", [None, [], ()])
def test_nothing_found_is_fine(nothing):
    result = examine(one(lambda look: nothing), Look())
    assert (result.level, result.findings[0].what) == (Level.OK, "正常。")


def test_a_checkup_that_falls_over_is_a_finding_without_its_words():
    def falls(look):
        yield ok("before")
        raise ValueError("程知禾 110199199001011234")

    result = examine(one(falls), Look())
    assert result.level is Level.BAD
    assert "ValueError" in result.findings[0].what and "test_checkups.py" in result.findings[0].what
    assert "程知禾" not in result.findings[0].what


def test_trouble_of_the_machine_is_told_as_such():
    def gone(look):
        raise OperationalError("server closed the connection")

    result = examine(one(gone), Look())
    assert "数据库连接中断" in result.findings[0].what and "OperationalError" not in result.findings[0].what


def test_without_a_database_only_what_needs_none_is_made():
    asked = []
    assert examine(one(lambda look: asked.append(1), needs_database=True), Look(), database=False).level is Level.BAD
    assert asked == []
    assert examine(one(lambda look: None), Look(), database=False).level is Level.OK


def test_a_name_is_declared_once():
    @checkup("test.mine", title="甲")
    def mine(look):
        return None

    checkup("test.mine", title="甲")(mine)
    with pytest.raises(ValueError, match="twice"):

        @checkup("test.mine", title="乙")
        def other(look):
            return None

    assert [known.name for known in register.checkups()] == ["test.mine"]


def test_those_without_a_database_come_first():
    for name, needs in (("b", True), ("z", False), ("a", True), ("y", False)):
        checkup(name, title=name, needs_database=needs)(lambda look: None)
    assert [known.name for known in register.checkups()] == ["y", "z", "a", "b"]


def test_measures_are_declared_once_and_listed_by_name():
    @measures.measure("b_things", "Things", "state")
    def things():
        yield ("x",), 1.0

    @measures.measure("a_thing", "A thing")
    def thing():
        yield (), 2.0

    assert [known.name for known in measures.measures()] == ["a_thing", "b_things"]
    assert list(measures.measures()[1].ask()) == [(("x",), 1.0)]
    measures.measure("b_things", "Things", "state")(things)
    with pytest.raises(ValueError, match="twice"):
        measures.measure("b_things", "Other")(thing)
