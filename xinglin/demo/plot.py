"""One intake of one base in one track, told day by day by the product's own actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from xinglin.accounts.models import Grant
from xinglin.accounts.selectors import viewer_for
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.people.actions import save_draft
from xinglin.people.selectors import id_number_hash, record_of
from xinglin.residents.actions import confirming, correcting, deleting, training
from xinglin.residents.actions.enrolling import Intake, enroll
from xinglin.residents.actions.locking import KIND
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.models import Enrollment
from xinglin.reviews import actions as reviews
from xinglin.reviews.spec import Outcome, spec_of
from xinglin.windows.models import CollectionWindow

from . import biography, calendar, fates, mending, words
from .by_file import import_accounts
from .calendar import Season
from .country import Base
from .fates import Fate
from .filling import Filling, Part, fill, later, put_pictures
from .people import Invented, People
from .placing import Place, a_place, born_between, training_info
from .stock import Stock

REASON = "residents of the story"
IMPORTS = ((0, 0.7), (2, 0.9), (4, 1.0))  # day, share of the people imported until then
IMPORTS_AT_ONCE = ((1, 1.0),)
SMALL = 12  # people; a smaller intake is imported at once
GIVEN_UP = 2  # parts that somebody saves who does not finish, at most


@dataclass(slots=True)
class Figure:
    """One resident of the story."""

    who: Invented
    place: Place
    fate: Fate
    enrollment_id: int = 0
    person_id: int = 0
    day: int = 0
    viewer: Viewer | None = None
    given: mending.Return = ("", {})

    @property
    def id_hash(self) -> str:
        return id_number_hash(self.who.id_number)

    @property
    def own(self) -> Viewer:
        assert self.viewer is not None
        return self.viewer


@dataclass(slots=True)
class Scene:
    """Where and when it happens, and who acts.

    ``delay``: days by which this province begins later. ``by_file``: accounts come through the import of the product.
    """

    base: Base
    track: str
    season: Season
    window: CollectionWindow
    clerk: Viewer
    reviewers: tuple[Viewer, Viewer]
    delay: int = 0
    by_file: bool = False

    def moment(self, day: int, hour: float) -> datetime:
        """An instant of the season, counted in days from its first."""
        return calendar.at(self.season.first + timedelta(days=max(day, self.delay)), hour)


class Telling:
    """Tells a scene; ``users`` collects the accounts of those who signed in."""

    def __init__(self, scene: Scene, rng: Random, people: People, stock: Stock, *, by: Viewer) -> None:
        self.scene, self.rng, self.people, self.stock, self.by = scene, rng, people, stock, by
        self.figures: list[Figure] = []
        self.spec = spec_of(KIND)
        self.users: list[int] = []

    def tell(self, chosen: Iterable[Fate]) -> None:
        """The whole intake of these fates."""
        for fate in chosen:
            place = a_place(self.rng, self.scene.base, self.scene.track, self.scene.season)
            self.figures.append(Figure(self.people.make(*born_between(place.plan)), place, fate))
        self._import()
        self._sign_in_and_fill()
        self._delete()
        self._return_and_correct()
        self._training()
        self._report()
        self._decide()
        self._second_round()

    @contextmanager
    def at(self, day: int, hour: float) -> Iterator[None]:
        with clock.telling(self.scene.moment(day, hour + self.rng.random() * 0.9)):
            yield

    def of(self, *wanted: Fate) -> list[Figure]:
        """Those of some fates, in order."""
        return [figure for figure in self.figures if figure.fate in wanted]

    def _import(self) -> None:
        done = 0
        for day, share in IMPORTS if len(self.figures) >= SMALL else IMPORTS_AT_ONCE:
            until = round(len(self.figures) * share)
            group, done = self.figures[done:until], max(done, until)
            if group:
                self._import_group(group, day)

    def _import_group(self, group: list[Figure], day: int) -> None:
        scene = self.scene
        with self.at(day, 9):
            if scene.by_file:
                name = f"{scene.season.year}级住院医师账号{day + 1}.csv"
                import_accounts([figure.who for figure in group], scene.window, name, by=scene.clerk)
            else:
                self._enroll(group)
        mine = Enrollment.objects.for_system(REASON).filter(window=scene.window, organization=scene.base.node)
        rows = {row[0]: row[1:] for row in mine.values_list("person__id_number_hash", "pk", "person_id")}
        grants = Grant.objects.for_system(REASON).select_related(
            "organization__province", "user__person", "user__organization"
        )
        people = [rows[figure.id_hash][1] for figure in group]
        viewers = {
            grant.user.person_id: viewer_for(grant, source="demo")
            for grant in grants.filter(user__person__in=people, organization=scene.base.node, role="resident")
        }
        for figure in group:
            figure.day = day
            figure.enrollment_id, figure.person_id = rows[figure.id_hash]
            figure.viewer = viewers[figure.person_id]

    def _enroll(self, group: list[Figure]) -> None:
        scene = self.scene
        enroll(
            [Intake(figure.who.new) for figure in group],
            window=scene.window,
            base=scene.base.node,
            province=scene.base.province_node,
            by=scene.clerk,
        )

    def _sign_in_and_fill(self) -> None:
        fillings = []
        for figure in self.figures:
            if figure.fate in fates.NO_ACCOUNT_YET:
                continue
            self.users.append(figure.own.user_id or 0)
            if figure.fate is Fate.SIGNED_IN:
                self._draft(figure)
            else:
                fillings.append(Filling(figure.enrollment_id, figure.person_id, figure.own, self._parts(figure)))
        fill(fillings, self.stock, self.rng, by=self.by)

    def _parts(self, figure: Figure) -> list[Part]:
        rng, who, plan = self.rng, figure.who, figure.place.plan
        texts = {
            "basic_info": biography.basic_info(rng, who, plan, later),
            "education": biography.education(rng, plan, later),
            "qualifications": biography.qualifications(rng, who, plan, later),
        }
        number = rng.randint(1, GIVEN_UP) if figure.fate is Fate.PARTLY_FILLED else len(texts)
        begun = self.scene.moment(figure.day, 12) + timedelta(hours=rng.random() * 9)
        moments = [begun + timedelta(minutes=step * rng.randint(6, 20)) for step in range(number)]
        return [Part(name, texts[name], moment) for name, moment in zip(texts, moments, strict=False)]

    def _draft(self, figure: Figure) -> None:
        if self.rng.random() < 0.6:
            with self.at(figure.day, 20):
                save_draft("basic_info", {"basic_info.address": "杏林路"}, by=figure.own)

    def _delete(self) -> None:
        mistaken = self._ids(self.of(Fate.DELETED))
        if mistaken:
            with self.at(4, 16):
                self._done(deleting.delete(mistaken, by=self.scene.clerk))

    def _return_and_correct(self) -> None:
        for given, group in self._given(words.TO_RESIDENT, self.of(*fates.RETURNED_ONCE)):
            with self.at(5, 15):
                self._return_to_residents(given, group)
        for figure in self.of(Fate.CORRECTED, Fate.CORRECTION_SEEN):
            with self.at(6, 19):
                self._mend(figure, words.REPLY)
        for figure in self.of(Fate.CORRECTION_SEEN):
            with self.at(7, 9):
                correcting.see_correction(figure.enrollment_id, by=self.scene.clerk)

    def _given(
        self, kinds: tuple[mending.Return, ...], figures: list[Figure]
    ) -> Iterator[tuple[mending.Return, list[int]]]:
        """Choose what is wrong with whom; those with the same fault are returned together."""
        for figure in figures:
            figure.given = mending.a_return(self.rng, kinds, figure.who.id_type)
        for kind in kinds:
            group = [figure for figure in figures if figure.given is kind]
            if group:
                yield kind, self._ids(group)

    def _return_to_residents(self, given: mending.Return, ids: list[int]) -> None:
        comment, fields = given
        self._done(correcting.return_personal(ids, comment=comment, field_comments=fields, by=self.scene.clerk))

    def _mend(self, figure: Figure, reply: str = "") -> None:
        values, replies = mending.changes(self.rng, figure.given, self.scene.base.hospital.city)
        record = record_of(figure.person_id)
        path = self.scene.base.node.path
        put_pictures([(record, part) for part in values.values()], path, self.stock, self.rng, by=figure.own)
        for section, part in values.items():
            save_personal(section, part, by=figure.own, reply=reply, replies=replies)

    def _training(self) -> None:
        trained = [figure for figure in self.figures if figure.fate not in fates.NO_TRAINING]
        rows = {f.enrollment_id: training_info(self.rng, self.scene.base, f.place) for f in trained}
        with self.at(6, 13):
            training.save_many(rows, by=self.scene.clerk)

    def _report(self) -> None:
        reporting = self.of(*fates.REPORTED_ONCE)
        late = [figure for number, figure in enumerate(reporting) if figure.fate is Fate.PENDING and number % 2]
        early = [figure for figure in reporting if figure not in late]
        for day, group in ((7, early), (9, late)):
            with self.at(day, 9):
                self._report_group(group)
        recalled = self._ids(self.of(Fate.RECALLED))
        if recalled:
            with self.at(8, 16):
                self._done(reviews.recall(self.spec, recalled, by=self.scene.clerk))
        for figure in self.of(Fate.CHANGED):
            with self.at(8, 20):
                self._mend(figure)

    def _report_group(self, group: list[Figure]) -> None:
        ids = self._ids(group)
        if not ids:
            return
        confirming.confirm(ids, reason=words.DOUBTFUL_REASON, by=self.scene.clerk)
        self._done(reviews.report(self.spec, ids, by=self.scene.clerk))

    def _decide(self) -> None:
        first, second = self.scene.reviewers
        approved = self._ids(self.of(Fate.APPROVED, Fate.REVOKED))
        self._approve(8, 14, approved[::2], first)
        self._approve(9, 10, approved[1::2], second)
        for given, group in self._given(words.TO_BASE, self.of(*fates.PROVINCE_RETURNED)):
            comment, fields = given
            with self.at(9, 14):
                self._done(reviews.return_(self.spec, group, comment=comment, field_comments=fields, by=first))
        revoked = self._ids(self.of(Fate.REVOKED))
        if revoked:
            with self.at(9, 17):
                self._done(reviews.revoke(self.spec, revoked, reason=words.REVOKED, by=first))

    def _approve(self, day: int, hour: float, ids: list[int], reviewer: Viewer) -> None:
        if ids:
            with self.at(day, hour):
                self._done(reviews.approve(self.spec, ids, by=reviewer))

    def _second_round(self) -> None:
        """What the province returned: handed on to the resident, or mended and reported again."""
        handed_on = self._ids(self.of(Fate.SENT_BACK_TO_RESIDENT))
        if handed_on:
            with self.at(9, 16):
                self._return_to_residents(words.TO_RESIDENT[2], handed_on)
        again = self.of(*fates.REPORTED_TWICE)
        for figure in again:
            with self.at(9, 19):
                self._mend_what_the_province_saw(figure)
        with self.at(10, 9):
            self._report_group(again)
        self._approve(10, 14, self._ids(self.of(Fate.APPROVED_LATER)), self.scene.reviewers[0])

    def _mend_what_the_province_saw(self, figure: Figure) -> None:
        if not mending.concerns_training(figure.given):
            self._mend(figure)
            return
        other = "independent" if figure.place.personnel_type != "independent" else "professional_master"
        values: dict[str, Any] = {"personnel_type": other, "employer_name": "", "employer_uscc": ""}
        training.save_training(figure.enrollment_id, values, by=self.scene.clerk)

    def _ids(self, figures: Iterable[Figure]) -> list[int]:
        return [figure.enrollment_id for figure in figures]

    def _done(self, outcome: Outcome) -> None:
        """Nothing of the story is refused; if the rules change, it must be told otherwise."""
        if outcome.refused:
            reasons = {issue.message for issues in outcome.refused.values() for issue in issues}
            raise RuntimeError(f"the demo's story breaks a rule: {'；'.join(sorted(reasons))}")
