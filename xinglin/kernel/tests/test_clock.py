"""One clock, in Shanghai, that can tell a past (P-20)."""

from datetime import UTC, date, datetime

import pytest

from xinglin.kernel import clock


@pytest.mark.req("P-20")
def test_a_day_begins_at_midnight_in_shanghai():
    with clock.telling(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)):
        assert clock.today() == date(2026, 11, 1)
        assert clock.now().isoformat() == "2026-11-01T00:00:00+08:00"


def tell_and_fail():
    with clock.telling(datetime(2020, 1, 1, tzinfo=UTC)):
        with clock.telling(datetime(2021, 1, 1, tzinfo=UTC)):
            assert clock.today().year == 2021
        assert clock.today().year == 2020
        raise ValueError


def test_telling_ends_also_after_a_fault_and_can_be_nested():
    with pytest.raises(ValueError):
        tell_and_fail()
    assert clock.today().year >= 2026
