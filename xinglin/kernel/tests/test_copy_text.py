"""Q-02: columns as COPY text, read back by an own reader of PostgreSQL's format; no database is needed."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import models
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from xinglin.kernel.copy_text import Same, escaped, lines_of

pytestmark = pytest.mark.req("Q-02")
STILL = settings(max_examples=80, deadline=None)
TEXTS = st.text(alphabet=st.one_of(st.sampled_from("\\\t\n\r%N.,'\" 林"), st.characters(exclude_categories=("Cs",))), max_size=15)  # fmt: skip
NO_NUL = TEXTS.map(lambda text: text.replace("\x00", ""))
LETTERS = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


class Kind(models.TextChoices):
    """A choice as models have them: written as its value, not as its name."""

    HOSPITAL = "hospital", "医院"


def value_of(word):
    """A value of the text format, by the manual: \\N is nothing, a backslash writes the next character out."""
    if word == "\\N":
        return None
    made, letters = "", iter(word)
    for letter in letters:
        made += LETTERS[next(letters)] if letter == "\\" else letter
    return made


def read(columns, count):
    """The rows that the database would see."""
    blob = lines_of(columns, count, None).decode()
    assert blob.endswith("\n")
    rows = blob[:-1].split("\n")
    assert len(rows) == count
    return [[value_of(word) for word in row.split("\t")] for row in rows]


@STILL
@given(
    texts=st.lists(NO_NUL, min_size=1, max_size=8), same=NO_NUL, numbers=st.lists(st.integers(), min_size=8, max_size=8)
)
def test_any_text_arrives_in_its_row_and_column(texts, same, numbers):
    count = len(texts)
    rows = read([texts, Same(same), numbers[:count]], count)
    assert rows == [[text, same, str(number)] for text, number in zip(texts, numbers, strict=False)]


@STILL
@given(values=st.lists(st.one_of(st.none(), NO_NUL, st.integers(), st.booleans()), min_size=1, max_size=8))
def test_a_mixed_column_keeps_nothing_apart_from_the_empty_text(values):
    expected = [
        None if value is None else {True: "t", False: "f"}[value] if isinstance(value, bool) else str(value)
        for value in values
    ]
    assert [row[0] for row in read([values], len(values))] == expected


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, None),
        ("", ""),
        ("\\N", "\\N"),
        ("\\.", "\\."),
        ("100%s", "100%s"),
        ("%(x)s%%", "%(x)s%%"),
        (True, "t"),
        (False, "f"),
        (0, "0"),
        (-(2**63), "-9223372036854775808"),
        (b"\x00\xff", "\\x00ff"),
        (memoryview(b"ab"), "\\x6162"),
        (b"", "\\x"),
        (date(2026, 11, 20), "2026-11-20"),
        (datetime(2026, 11, 20, 9, 54, 4, 7, tzinfo=UTC), "2026-11-20 09:54:04.000007+00:00"),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (Decimal("1.50"), "1.50"),
        (Jsonb({"甲": "a\tb"}), '{"\\u7532": "a\\tb"}'),
        (Kind.HOSPITAL, "hospital"),
    ],
)
@pytest.mark.parametrize("how", ["alone", "same", "among others"])
def test_each_kind_of_value(value, word, how):
    if how == "same":
        rows = read([Same(value)], 3)
        assert rows == [[word]] * 3
    elif how == "alone":
        assert read([[value, value]], 2) == [[word], [word]]
    else:
        assert read([[value, "x", None]], 3) == [[word], ["x"], [None]]


@pytest.mark.parametrize(
    ("plain", "written"),
    [("a", "a"), ("a\tb", "a\\tb"), ("\\", "\\\\"), ("\r\n", "\\r\\n"), ("\\n", "\\\\n"), ("", "")],
)
def test_what_would_end_a_column_or_a_line_is_written_out(plain, written):
    assert escaped(plain) == written
    assert value_of(written) == plain


@given(text=NO_NUL)
def test_an_escaped_text_is_one_word_of_one_line(text):
    written = escaped(text)
    assert not set("\t\n\r") & set(written)
    assert written != "\\N"
    assert value_of(written) == text


def test_columns_of_different_lengths_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="zip"):
        lines_of([["a"], ["b", "c"]], 1, None)
