"""A field declared on its model is everywhere by that alone: form, workbook, content, labels, record page (R-05, R-06, R-20)."""

import pytest

from xinglin.dictionaries.display import EMPTY
from xinglin.kernel.declarations import declarations_of
from xinglin.people.enums import EducationLevel, Section
from xinglin.people.models import Education, Person, Qualification
from xinglin.residents.fields import TRAINING, record_fields, record_labels, training_declarations
from xinglin.residents.forms.personal import PersonalForm, blocks_of
from xinglin.residents.forms.training import TrainingForm
from xinglin.residents.import_specs.training import TrainingImport
from xinglin.residents.models import Enrollment
from xinglin.residents.selectors.subjects import subjects
from xinglin.residents.showing.grid import Reading, parts
from xinglin.residents.tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-05", "R-06", "R-20")]


@pytest.fixture
def scene():
    """A complete record, its base and what the mechanisms read of it."""
    world = factories.make_world()
    enrollment = factories.make_enrollments(world, 1)[0]
    factories.complete(enrollment, world)
    return world, subjects([enrollment.pk])[enrollment.pk]


def declared_keys() -> set[str]:
    """Every declared field of the record by its key, read from the models alone."""
    keys = {f"basic_info.{name}" for name in declarations_of(Person)}
    keys |= {f"education.{level}.{name}" for level in EducationLevel.values for name in declarations_of(Education)}
    keys |= {f"qualifications.{name}" for name in declarations_of(Qualification)}
    return keys | {f"{TRAINING}.{name}" for name in declarations_of(Enrollment)}


def test_every_field_has_a_label_and_a_place_on_the_record_page(scene):
    _, subject = scene
    assert set(record_fields()) == declared_keys() == set(record_labels())
    every_level = {f"education.{level}.applies": True for level in EducationLevel.values}
    shown = [
        cell for part in parts(subject.content | every_level, Reading()) for group in part.groups
        for cell in (*group.cells, *group.pictures)
    ]  # fmt: skip
    assert {cell.key for cell in shown} == declared_keys()
    assert all(cell.value for cell in shown), f"an empty value is shown as {EMPTY}"


def test_a_report_seals_every_field_of_the_parts_that_exist(scene):
    _, subject = scene
    levels = set(subject.record.education)
    expected = {key for key in declared_keys() if not key.startswith("education.") or key.split(".")[1] in levels}
    assert set(subject.content) == expected


def test_training_information_is_one_list_for_form_and_workbook(scene):
    world, subject = scene
    editable = {name for name, declaration in training_declarations().items() if not declaration.fixed}
    assert set(TrainingForm(subject.enrollment, [], world.base).fields) == editable
    workbook = {column.name: column for column in TrainingImport.columns}
    assert editable <= set(workbook)
    for name, declaration in training_declarations().items():
        if not declaration.fixed:
            assert workbook[name].label == declaration.label
            assert workbook[name].code_table == declaration.code_table


@pytest.mark.parametrize("section", Section.values)
def test_the_residents_step_has_every_field_once(scene, section):
    world, subject = scene
    form = PersonalForm(section, subject.record, world.base)
    items = [item.key for block in blocks_of(form) for item in block.items]
    firsts = [block.first.key for block in blocks_of(form) if block.first]
    assert sorted(items + firsts) == sorted(key for key in declared_keys() if key.startswith(f"{section}."))
