"""Log lines: whole, machine-readable, without personal data, and never in the way (Q-13, P-19)."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel import id_numbers
from xinglin.kernel.logs import JsonLines, Lines, TextLines, WithError, bound, mask, told

pytestmark = pytest.mark.req("Q-13")
NUMBER, PHONE = "110199199001011234", "19012345678"


def record(name="xinglin.test", message="did %s", args=("this",), error=None, **extra):
    made = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, error)
    for key, value in extra.items():
        setattr(made, key, value)
    return made


def line(*args, **extra):
    return json.loads(JsonLines().format(record(*args, **extra)))


def raised(error):
    try:
        raise error
    except type(error):
        return sys.exc_info()


def test_a_line_has_time_level_logger_message_and_facts():
    with bound(request="r1", user=7):
        found = line(facts={"route": "residents:intake", "status": 200, "ms": 3.5})
    assert found["time"].endswith("+08:00")
    assert (found["level"], found["logger"], found["message"]) == ("ERROR", "xinglin.test", "did this")
    assert (found["request"], found["user"], found["route"], found["status"]) == ("r1", 7, "residents:intake", 200)


def test_what_is_bound_ends_with_its_block_and_stays_in_its_thread():
    seen = {}
    with bound(request="outer"):
        with bound(job="inner"):
            found = line()
            thread = threading.Thread(target=lambda: seen.update(line()))
            thread.start()
            thread.join()
        assert (found["request"], found["job"]) == ("outer", "inner")
        assert "job" not in line()
    assert "request" not in line() and "request" not in seen


def test_an_exception_is_told_by_type_and_place_never_by_its_words():
    try:
        try:
            raise KeyError("程知禾")
        except KeyError as cause:
            raise ValueError("bad name 程知禾 110199199001011234") from cause
    except ValueError:
        found = line(error=sys.exc_info())
    assert found["error"] == "ValueError < KeyError"
    assert found["frames"][-1].endswith("test_an_exception_is_told_by_type_and_place_never_by_its_words")
    assert found["frames"][-1].startswith("xinglin/kernel/tests/test_logs.py:")
    assert "程知禾" not in json.dumps(found, ensure_ascii=False)


def test_frames_are_the_innermost_and_few():
    def deep(left):
        if not left:
            raise RuntimeError
        deep(left - 1)

    try:
        deep(40)
    except RuntimeError as error:
        kinds, frames = told(error)
    assert kinds == "RuntimeError" and len(frames) == 12


@pytest.mark.parametrize(
    ("name", "message", "args", "expected"),
    [
        ("django.request", "Internal Server Error: %s", ("/residents/程知禾",), "Internal Server Error: …"),
        ("django.security.DisallowedHost", "Invalid HTTP_HOST header: %r", ("evil",), "Invalid HTTP_HOST header: '…'"),
        ("some.library", "took %d of %s", (3, "secret"), "took 3 of …"),
        ("some.library", "%(who)s did %(n)d", ({"who": "程知禾", "n": 2},), "… did 2"),
        ("some.library", "%d wants a number", ("no number",), "%d wants a number"),
        ("xinglinish.library", "of %s", ("程知禾",), "of …"),
        ("xinglin.jobs", "kind %s", ("imports.run",), "kind imports.run"),
    ],
)
def test_loggers_of_others_keep_their_template_only(name, message, args, expected):
    assert line(name, message, args)["message"] == expected


@pytest.mark.req("P-19")
@pytest.mark.parametrize(
    "text",
    [NUMBER, "11019919900101123X", "110199 19900101 1234", "110199-19900101-1234", PHONE, "190 1234 5678",
     "190-1234-5678", "１１０１９９１９９００１０１１２３４", f"id{NUMBER}", f"手机{PHONE}号", "0571-88886666-01", "6222020200112230000"],
)  # fmt: skip
def test_numbers_of_people_are_masked(text):
    assert not any(digit * 3 in mask(text) for digit in "0123456789") and "1990" not in mask(text)
    assert sum(sign.isdigit() for sign in mask(text)) == 0


@pytest.mark.parametrize("text", ["2026-11-20", "12,345 rows", "worker host:4711", "took 1234.5 ms", "attempt 3 of 5"])
def test_counts_times_and_processes_stay(text):
    assert mask(text) == text


@pytest.mark.req("P-19")
@given(st.integers(0, 999), st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.text(max_size=20), st.text(max_size=20))
def test_no_id_number_survives_wherever_it_stands(serial, born, before, after):
    number = id_numbers.synthetic("110199", born, serial)
    assert number not in JsonLines().format(record(message=f"{before}{number}{after}".replace("%", ""), args=()))
    assert number not in JsonLines().format(record(facts={"what": f"{before} {number} {after}"}))


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_no_phone_survives_however_it_is_grouped(phone, between):
    shown = between.join((phone[:3], phone[3:7], phone[7:]))
    assert phone[3:] not in mask(f"call {shown} now").replace(" ", "").replace("-", "")


def test_ids_of_requests_and_jobs_are_not_masked():
    with bound(request="12345678901234567890123456789012", job="12345678-1234-1234-1234-123456789012"):
        found = line()
    assert found["request"].isdigit() and found["job"].startswith("12345678-")


def test_text_for_eyes_says_the_same():
    text = TextLines().format(record(facts={"route": "x:y", "user": None}, error=raised(ValueError("程知禾"))))
    assert "xinglin.test: did this" in text and "route=x:y" in text and "user=" not in text
    assert "error=ValueError" in text and "\n    xinglin/kernel/tests" in text and "程知禾" not in text


def test_a_line_is_one_line():
    assert "\n" not in JsonLines().format(record(message="a\nb", args=()))


def test_only_what_tells_of_an_exception_passes_the_filter():
    assert WithError().filter(record(error=raised(ValueError())))
    assert not WithError().filter(record())


@pytest.fixture
def handler(tmp_path):
    descriptor = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    one = Lines(descriptor)
    one.setFormatter(JsonLines())
    yield one, tmp_path / "log"
    os.close(descriptor)


def test_lines_are_written_whole(handler):
    one, file = handler
    threads = [threading.Thread(target=lambda: [one.handle(record()) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = [json.loads(text) for text in file.read_text().splitlines()]
    assert len(written) == 200 and {entry["message"] for entry in written} == {"did this"}


@pytest.mark.parametrize("target", ["/dev/full", "closed"])
def test_what_cannot_be_written_is_counted_and_forgotten(target, tmp_path):
    descriptor = os.open(target if target == "/dev/full" else tmp_path / "x", os.O_WRONLY | os.O_CREAT)
    if target == "closed":
        os.close(descriptor)
    one, before = Lines(descriptor), Lines.lost
    one.setFormatter(JsonLines())
    one.handle(record())
    assert Lines.lost == before + 1
    if target != "closed":
        os.close(descriptor)


def test_a_record_that_cannot_be_formatted_breaks_nothing(handler):
    one, before = handler[0], Lines.lost
    one.handle(record(message="%d", args=("not a number",)))
    assert Lines.lost == before + 1
