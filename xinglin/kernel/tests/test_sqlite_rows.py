"""Many rows in one statement of SQLite: nothing is lost at the seams, and a value stays what it was."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel.copy_text import Same
from xinglin.kernel.sqlite_rows import PARAMETERS, ROWS, insert_statements, sources

pytestmark = pytest.mark.req("Q-02")
VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.text(), st.binary(max_size=40), st.floats(allow_nan=False)
)


def stored(columns, count, constraint=""):
    """What a table without types holds after the statements."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    names = [f'"c{number}"' for number in range(len(columns))]
    raw.execute(f"CREATE TABLE t ({', '.join(names)} {constraint})")
    for sql, values in insert_statements("t", ", ".join(names), columns, count):
        raw.execute(sql, values)
    return raw.execute("SELECT * FROM t ORDER BY rowid").fetchall()


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=20), VALUES)
def test_every_value_arrives_as_it_was_and_in_its_place(rows, shared):
    first, second = map(list, zip(*rows, strict=True))
    assert stored([first, Same(shared), second], len(rows)) == [(a, shared, b) for a, b in rows]


@given(VALUES, st.integers(1, 4))
def test_rows_that_are_all_the_same_are_as_many_as_they_were(shared, count):
    assert stored([Same(shared)], count) == [(shared,)] * count


@pytest.mark.parametrize("count", [ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 1])
def test_nothing_is_lost_or_twice_where_one_statement_ends_and_the_next_begins(count):
    assert stored([list(range(count)), Same("同")], count) == [(number, "同") for number in range(count)]


def test_no_statement_has_more_values_than_sqlite_takes_by_default():
    rows = [tuple(range(200))] * 400
    pieces = [values for _, values in sources(rows, 200)]
    assert sum(map(len, pieces)) == 400 * 200
    assert max(map(len, pieces)) <= PARAMETERS < 32_767


def test_a_text_that_looks_like_a_placeholder_is_a_text():
    assert stored([["?", "%s"], Same("100 % ? %s 'x'")], 2) == [("?", "100 % ? %s 'x'"), ("%s", "100 % ? %s 'x'")]


def test_a_refused_row_is_told():
    with pytest.raises(sqlite3.IntegrityError):
        stored([[1, 2, 1]], 3, ', UNIQUE ("c0")')
