"""Code tables and windows as records feel them: a change is seen at once, old records keep their words (P-10), records
that an extension revived lapse again when it is taken back (P-09)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.tests.factories import make_staff, sign_in
from xinglin.dictionaries import actions, selectors
from xinglin.dictionaries.actions import Ground
from xinglin.imports.templates_xlsx.template import template_workbook
from xinglin.imports.testing import lines_of
from xinglin.kernel import clock
from xinglin.residents.actions.lapsing import lapse_due, revive_due
from xinglin.residents.import_specs import TRAINING
from xinglin.residents.models import Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews
from xinglin.windows import actions as windows

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    selectors.forget()
    yield
    selectors.forget()


@pytest.mark.req("P-10")
def test_forms_templates_and_filters_see_a_change_at_once(settings):
    """The association changes, a base reads in what stands for another process: its cache is old."""
    settings.DICTIONARY_POLL_SECONDS = 3600
    world = factories.make_world()
    enrollment = factories.make_enrollments(world)[0]
    client = sign_in(Client(), make_staff("base_admin", world.tree.base))
    form = reverse("residents:training", args=[enrollment.pk])
    assert "国家计划培养" in client.get(form).text
    stale = dict(selectors.reading._tables)
    ground = Ground(clock.today(), "试验")
    actions.rename_entry("funding_plan", "national_plan", "全国计划培养", "", ground, by=world.association)
    selectors.reading._tables.update(stale)
    client.post(reverse("residents:intake"), {"do": "filter"})
    assert "全国计划培养" in client.get(form).text
    lines = lines_of(template_workbook(TRAINING, world.base), TRAINING.sheet_name)
    assert lines
    answer = client.get(reverse("ui:codes", args=["funding_plan"]))
    assert ["national_plan", "全国计划培养"] in answer.json()["codes"]


@pytest.mark.req("P-10")
def test_a_retired_specialty_is_not_offered_but_kept():
    world = factories.make_world()
    enrollment, other = factories.make_enrollments(world, 2)
    factories.complete(enrollment, world)
    actions.retire_entry("specialty", "0100", Ground(clock.today(), "试验", "合并"), by=world.association)
    client = sign_in(Client(), make_staff("base_admin", world.tree.base))
    assert "内科" in client.get(reverse("residents:training", args=[enrollment.pk])).text
    assert '<option value="0100"' not in client.get(reverse("residents:training", args=[other.pk])).text
    assert "内科" in client.get(reverse("residents:detail", args=[enrollment.pk]) + "?tab=training").text


@pytest.mark.req("P-10")
def test_closed_records_keep_the_words_of_their_day():
    world = factories.make_world()
    enrollment = factories.make_enrollments(world)[0]
    factories.complete(enrollment, world)
    assert reviews.report(RECRUITMENT, [enrollment.pk], by=world.base).done
    assert reviews.approve(RECRUITMENT, [enrollment.pk], by=world.province).done
    actions.rename_entry("specialty", "0100", "大内科", "", Ground(clock.today(), "试验"), by=world.association)
    client = sign_in(Client(), make_staff("base_admin", world.tree.base))
    past = client.get(reverse("residents:past")).text
    assert ">内科<" in past and ">大内科<" not in past.replace('<option value="0100">大内科<', "")
    detail = client.get(reverse("residents:detail", args=[enrollment.pk]) + "?tab=training")
    assert "大内科" not in str([cell.value for part in detail.context["tabs"] for g in part.groups for cell in g.cells])
    live = client.get(reverse("residents:intake") + f"?year={date.today().year}").text
    assert "大内科" in live


@pytest.mark.req("P-09")
def test_records_revived_by_it_lapse_again():
    world = factories.make_world(year=2025, filling=(-40, -10), review=(-40, -5))
    enrollment = factories.make_enrollments(world)[0]
    assert lapse_due(by=world.association) == 1
    phase = world.window.phases.get(kind="filling")
    extension = windows.extend(phase, world.tree.base, clock.now() + timedelta(days=3), "补录", by=world.association)
    assert revive_due(by=world.association) == 1
    assert Enrollment.unscoped.get(pk=enrollment.pk).lapsed_at is None
    windows.take_back(extension.pk, "不补了", by=world.association)
    assert lapse_due(by=world.association) == 1
    assert Enrollment.unscoped.get(pk=enrollment.pk).lapsed_at is not None
