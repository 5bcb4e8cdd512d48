"""Telling the whole story once, into an empty database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

from django.conf import settings
from django.db import transaction

from xinglin.accounts import actions as accounts
from xinglin.accounts.actions.phones import trust_phones
from xinglin.accounts.models import User
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.enums import Track
from xinglin.residents.actions.lapsing import lapse_due

from . import again, calendar, country, fates, staff, timing
from .calendar import Season
from .country import Base, Country
from .people import People
from .plot import Scene, Telling
from .sign_ins import PASSWORD
from .staff import Staff
from .stock import Stock, flushed_once
from .timing import Times

SEED = "xinglin"
RESIDENTS = 2000
FOUNDED_BEFORE = timedelta(days=200)  # before the first window
SHARES = (0.42, 0.62, 1.0)  # size of the intakes of two years ago, last year and today
TCM_SHARE = 0.15  # of a base that trains in both tracks

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
    with flushed_once():
        _Residents(built, hired, times, people, by, tell).tell_all(residents)


class _Residents:
    def __init__(self, built: Country, hired: Staff, times: Times, people: People, by: Viewer, tell: Report) -> None:
        self.built, self.hired, self.times, self.people, self.by, self.tell = built, hired, times, people, by, tell
        self.stock = Stock()

    def tell_all(self, residents: int) -> None:
        """Season after season; a past one ends with what lapses."""
        whole = sum(base.hospital.intake for base in self.built.bases) * sum(SHARES)
        seasons = (*self.times.past, self.times.current)
        for season, share in zip(seasons, SHARES, strict=True):
            count = self._season(season, share * residents / whole)
            if season is not self.times.current:
                self._lapse(season)
            self.tell(f"{season.year} 年招收 {count} 人")
        with transaction.atomic():
            again.reenroll(self.built.bases[0], self.times, self.hired)
            staff.late_staff(self.built, self.people, by=self.by)

    def _season(self, season: Season, scale: float) -> int:
        now = season is self.times.current
        users: list[int] = []
        count = 0
        for base in self.built.bases:
            for track, size in _sizes(base, scale):
                rng = Random(f"{SEED}-{season.year - self.times.current.year}-{base.node.code}-{track}")
                every = base is self.built.bases[0] and track == Track.WESTERN
                chosen = fates.cast(rng, size, fates.NOW if now else fates.BEFORE, every=every)
                if not chosen:
                    continue
                telling = Telling(self._scene(base, track, season), rng, self.people, self.stock, by=self.by)
                with transaction.atomic():
                    telling.tell(chosen)
                users += telling.users
                count += len(chosen)
        with clock.telling(calendar.at(season.first + timedelta(days=4), 22)):
            accounts.share_password(users, PASSWORD, by=self.by)
            trust_phones(users, by=self.by)
        return count

    def _scene(self, base: Base, track: str, season: Season) -> Scene:
        node = base.province_node
        first = self.hired.reviewers[node.pk, track]
        second = self.hired.second_reviewers.get((node.pk, track), first)
        own = node == list(self.built.provinces.values())[-1]
        delay = timing.OWN_DELAY if own and season is self.times.current and track == Track.WESTERN else 0
        window = self.times.window(season, track)
        by_file = season is self.times.current and base in self.built.bases[:2]
        return Scene(
            base, track, season, window, self.hired.bases[base.node.pk, track], (first, second), delay, by_file
        )

    def _lapse(self, season: Season) -> None:
        for day in (season.last, season.review_last):
            with clock.telling(calendar.at(day, 24.1)):
                lapse_due(by=Viewer.system("到期处理", source="job"))


def _sizes(base: Base, scale: float) -> Iterator[tuple[str, int]]:
    tracks = base.tracks
    for track in reversed(tracks):  # the larger intake comes last and so stands first in the lists
        share = 1.0 if len(tracks) == 1 else TCM_SHARE if track == Track.TCM else 1 - TCM_SHARE
        yield track, round(base.hospital.intake * share * scale)
