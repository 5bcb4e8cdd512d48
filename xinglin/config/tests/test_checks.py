"""A production installation refuses the conveniences of a trial one (Q-12)."""

import pytest

from xinglin.config.checks import production_is_closed
from xinglin.vault import masters

SOUND = {
    "PRODUCTION": True,
    "DEBUG": False,
    "XINGLIN_FIXED_CAPTCHA": "",
    "XINGLIN_DEMO": False,
    "ALLOWED_HOSTS": ["train.example.cn"],
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "XINGLIN_KEYS": masters.generate(),
}


@pytest.fixture
def production(settings):
    def with_changes(**changes):
        for name, value in (SOUND | changes).items():
            setattr(settings, name, value)
        return [error.id for error in production_is_closed()]

    return with_changes


def test_a_sound_production_installation_passes(production):
    assert production() == []


@pytest.mark.req("Q-12")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"XINGLIN_FIXED_CAPTCHA": "2468"}, "xinglin.E001"),
        ({"SECRET_KEY": ""}, "xinglin.E002"),
        ({"SECRET_KEY": "development-only-" + "x" * 40}, "xinglin.E002"),
        ({"SECRET_KEY": "short"}, "xinglin.E002"),
        ({"DEBUG": True}, "xinglin.E003"),
        ({"XINGLIN_DEMO": True}, "xinglin.E004"),
        ({"ALLOWED_HOSTS": ["*"]}, "xinglin.E005"),
        ({"XINGLIN_KEYS": ""}, "xinglin.E006"),
        ({"XINGLIN_KEYS": "m1:notbase64!"}, "xinglin.E007"),
        ({"XINGLIN_KEYS": "m1:c2hvcnQ="}, "xinglin.E007"),
    ],
)
def test_each_convenience_is_refused(production, change, expected):
    assert production(**change) == [expected]


def test_a_trial_installation_may_have_them_all(production):
    assert production(PRODUCTION=False, XINGLIN_FIXED_CAPTCHA="2468", DEBUG=True, XINGLIN_KEYS="") == []
