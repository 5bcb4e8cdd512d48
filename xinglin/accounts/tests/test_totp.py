"""Values of an authenticator app: those of RFC 6238, for thirty seconds, one step to either side (P-08)."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts import totp
from xinglin.kernel import clock

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The ASCII text 12345678901234567890 of RFC 6238, appendix B, in base 32."""
STEP = timedelta(seconds=totp.SECONDS)
INSTANTS = st.integers(min_value=10**9, max_value=4 * 10**9).map(lambda s: datetime.fromtimestamp(s, clock.SHANGHAI))

pytestmark = pytest.mark.req("P-08", "Q-12")


@pytest.mark.parametrize(
    ("seconds", "value"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_values_are_those_of_the_standard(seconds, value):
    at = datetime.fromtimestamp(seconds, clock.SHANGHAI)
    assert totp.value_at(RFC_SECRET, at) == value
    assert totp.matching_step(RFC_SECRET, value, at) == seconds // 30


@given(at=INSTANTS, steps=st.integers(min_value=-4, max_value=4))
def test_only_the_step_before_this_one_and_the_next_are_taken(at, steps):
    found = totp.matching_step(RFC_SECRET, totp.value_at(RFC_SECRET, at + steps * STEP), at)
    now = int(at.timestamp()) // totp.SECONDS
    if abs(steps) <= totp.DRIFT:
        assert found == now + steps or totp.value_at(RFC_SECRET, at) == totp.value_at(RFC_SECRET, at + steps * STEP)
    else:
        assert found is None or found != now + steps


@given(at=INSTANTS)
def test_full_width_digits_and_spaces_are_read(at):
    value = totp.value_at(RFC_SECRET, at)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in value)
    assert totp.matching_step(RFC_SECRET, f" {value[:3]} {value[3:]} ", at) == totp.matching_step(RFC_SECRET, wide, at)


@given(typed=st.text(max_size=40))
def test_other_text_is_no_value(typed):
    at = datetime.fromtimestamp(1111111109, clock.SHANGHAI)
    taken = {totp.value_at(RFC_SECRET, at + steps * STEP) for steps in (-1, 0, 1)}
    if totp.matching_step(RFC_SECRET, typed, at) is not None:
        assert totp.text.normalise_code(typed) in taken


def test_secrets_are_random_and_long():
    secrets = {totp.new_secret() for _ in range(200)}
    assert len(secrets) == 200 and all(len(secret) * 5 >= 160 for secret in secrets)


def test_the_app_reads_who_where_and_the_secret():
    address = urlsplit(totp.address_for_app(RFC_SECRET, account="林知夏", site="杏林"))
    assert address.scheme == "otpauth" and address.netloc == "totp"
    assert unquote(address.path) == "/杏林:林知夏"
    assert parse_qs(address.query) == {"secret": [RFC_SECRET], "issuer": ["杏林"]}


def test_a_secret_is_written_in_fours():
    assert totp.in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"
