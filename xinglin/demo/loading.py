"""Telling the whole story once, into an empty database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from django.conf import settings
from django.db import transaction

from xinglin.accounts.models import User
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from . import calendar, country, staff, timing
from .people import People

SEED = "xinglin"
RESIDENTS = 2000
FOUNDED_BEFORE = timedelta(days=200)  # before the first window

Report = Callable[[str], None]


def load(residents: int = RESIDENTS, *, tell: Report = lambda line: None) -> None:
    """Load everything; ``residents`` is about how many people are imported in all.

    Raises Refused in a production installation, or where accounts exist already.
    """
    if settings.PRODUCTION:
        raise Refused("正式系统不能载入演示数据。")
    if User.objects.for_system("is the database empty?").exists():
        raise Refused("已有账号，演示数据只能载入空的数据库。")
    rng, today = Random(SEED), clock.today()
    people = People(Random(f"{SEED}-people"))
    by = Viewer.system("演示数据", source="demo")
    with transaction.atomic(), clock.telling(calendar.at(calendar.past(today, 2).first, 9) - FOUNDED_BEFORE):
        built = country.build(rng, by=by)
        hired = staff.hire(built, rng, people, by=by)
    tell(f"{len(built.bases)} 家培训基地，工作人员账号已开通")
    with transaction.atomic():
        times = timing.arrange(built, hired, today)
    tell("时间安排已设置")
