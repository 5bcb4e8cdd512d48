"""P-10: loading is idempotent, retires what vanished, and keeps what an installation added."""

import json
from datetime import date

import pytest
import time_machine
from django.core.management import CommandError, call_command

from xinglin.dictionaries import actions, selectors, sources
from xinglin.dictionaries.models import CodeEntry, CodeTable

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A shipped table of ours whose file a test may rewrite."""
    monkeypatch.setattr(sources, "DATA", tmp_path)
    head = {"key": "colour", "title": "颜色", "source": "试验", "edition": "1", "effective_from": None}
    head |= {"ours": True, "note": ""}

    def write(*entries):
        (tmp_path / "colour.json").write_text(json.dumps(head | {"entries": list(entries)}), encoding="utf-8")
        return actions.load_dictionaries(["colour"])

    return write


RED, BLUE = {"code": "1", "label": "红"}, {"code": "2", "label": "蓝"}


def test_every_database_has_the_tables_after_migrate():
    assert set(CodeTable.objects.values_list("key", flat=True)) == set(sources.shipped_keys())
    assert selectors.label("sex", "2") == "女性"


def test_loading_again_changes_nothing_and_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert actions.load_dictionaries() == {}


def test_loading_everything_asks_by_table_not_by_entry(django_assert_max_num_queries):
    CodeTable.objects.all().delete()
    with django_assert_max_num_queries(20 * len(sources.shipped_keys())):
        written = actions.load_dictionaries()
    assert sum(written.values()) == CodeEntry.objects.count() > 20 * len(sources.shipped_keys())


def test_vanished_entries_are_retired_and_come_back(shipped):
    assert shipped(RED, BLUE) == {"colour": 2}
    assert shipped(RED | {"label": "大红"}) == {"colour": 2}
    assert selectors.choices("colour") == [("1", "大红")]
    assert selectors.label("colour", "2") == "蓝"
    assert selectors.code_for("colour", "蓝") is None
    assert shipped(RED | {"label": "大红"}, BLUE) == {"colour": 1}
    assert selectors.code_for("colour", "蓝") == "2"


def test_added_entries_are_found_at_once_and_survive_a_new_edition(shipped):
    shipped(RED)
    assert actions.add_entries("colour", [{"code": "9", "label": "紫", "short_label": "葡萄紫"}], "某省") == 1
    assert selectors.code_for("colour", "葡萄紫") == "9"
    actions.add_entries("colour", [{"code": "9", "label": "深紫"}], "某省")
    assert selectors.label("colour", "9") == "深紫"
    shipped(RED, BLUE)
    assert dict(selectors.choices("colour")) == {"1": "红", "2": "蓝", "9": "深紫"}
    assert CodeEntry.objects.get(table__key="colour", code="9").origin == "某省"


def test_a_shipped_code_is_not_overwritten(shipped):
    shipped(RED)
    with pytest.raises(ValueError, match="已在标准代码表中"):
        actions.add_entries("colour", [{"code": "1", "label": "紫"}], "某省")


def test_another_process_is_noticed(settings):
    settings.DICTIONARY_POLL_SECONDS = 0
    assert selectors.label("sex", "1") == "男性"
    table = CodeTable.objects.get(key="sex")
    CodeEntry.objects.filter(table=table, code="1").update(label="男士")
    assert selectors.label("sex", "1") == "男性"
    CodeTable.objects.filter(pk=table.pk).update(version="other")
    assert selectors.label("sex", "1") == "男士"


def test_midnight_brings_a_retirement_into_force(settings):
    settings.DICTIONARY_POLL_SECONDS = 0
    CodeEntry.objects.filter(table__key="sex", code="9").update(retired_from=date(2027, 1, 1))
    with time_machine.travel("2026-12-31T23:59:00+08:00", tick=False):
        assert selectors.code_for("sex", "9") == "9"
    with time_machine.travel("2027-01-01T00:00:00+08:00", tick=False):
        assert selectors.code_for("sex", "9") is None
        assert selectors.label("sex", "9") == "未说明的性别"


def test_divisions_are_left_out_when_the_package_is_missing(settings, tmp_path, caplog):
    settings.NODE_MODULES = tmp_path
    assert actions.load_dictionaries(["division"]) == {}
    assert "npm ci" in caplog.text


def test_command(capsys):
    CodeTable.objects.filter(key="sex").delete()
    call_command("load_dictionaries", "sex")
    assert "sex: 4" in capsys.readouterr().out
    with pytest.raises(CommandError, match="unknown"):
        call_command("load_dictionaries", "weather")
