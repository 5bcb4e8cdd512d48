"""xinglin rotate-keys: what it says and leaves in the history; sealed rows do not change."""

import os
import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from xinglin.history.actions import Entry, record
from xinglin.history.models import HistoryEntry
from xinglin.history.sealing import seal_waiting
from xinglin.history.selectors import open_entries
from xinglin.history.verification import verify
from xinglin.kernel.viewer import Viewer
from xinglin.vault import masters
from xinglin.vault.actions import new_key
from xinglin.vault.models import DataKey

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]


@pytest.fixture
def keyfile(tmp_path, settings):
    settings.XINGLIN_KEYS, settings.PRODUCTION, settings.DATA_DIR = "", False, tmp_path
    masters.forget_masters()
    masters.masters()
    yield tmp_path / "keys"
    masters.forget_masters()


def run(*arguments):
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def verbs():
    rows = HistoryEntry.unscoped.filter(subject_type="vault").order_by("id")
    return [(row.verb, row.facts) for row in rows]


def test_from_the_new_key_to_the_last_trace_of_the_old_one(keyfile):
    key = new_key("person")
    record([Entry("x", "person", 1, "/1/", key=key, who={"name": "江明澈"})], by=Viewer.system("test"))
    seal_waiting()
    row = HistoryEntry.unscoped.filter(verb="x").values().get()
    said = run("--make")
    assert "新的主密钥 m2" in said and "完成：1 把数据密钥改由 m2 包裹。" in said
    assert "主密钥 m1 已不再使用，可以去掉：xinglin rotate-keys --drop-unused" in said
    assert DataKey.objects.get(pk=key.pk).master_id == "m2"
    assert HistoryEntry.unscoped.filter(verb="x").values().get() == row
    (opened,) = open_entries([HistoryEntry.unscoped.get(verb="x")])
    assert opened.who == {"name": "江明澈"}
    assert "十分钟后" in run("--drop-unused") and "m1" in masters.masters().keys
    os.utime(keyfile, (time.time() - 3600,) * 2)
    assert "已去掉不再使用的主密钥 m1" in run("--drop-unused")
    assert set(masters.masters().keys) == {"m2"}
    assert verbs() == [
        ("vault.master_made", {"master": "m2"}),
        ("vault.rotated", {"master": "m2", "keys": 1, "before": {"m1": 1}}),
        ("vault.masters_dropped", {"masters": ["m1"]}),
    ]
    seal_waiting()
    assert verify().intact


def test_a_second_run_has_nothing_to_do_and_writes_nothing(keyfile):
    new_key("person")
    assert run() == "没有要做的：所有数据密钥都已由 m1 包裹。\n" and verbs() == []


@pytest.mark.parametrize("option", ["--make", "--drop-unused"])
def test_keys_of_the_environment_are_the_operators(option):
    with pytest.raises(CommandError, match="XINGLIN_KEYS 里"):
        run(option)


def test_keys_of_the_environment_are_rotated_and_the_old_one_named(settings):
    before = settings.XINGLIN_KEYS
    new_key("person")
    try:
        settings.XINGLIN_KEYS = masters.pair("m2", b"2" * 32).strip() + "," + before
        masters.forget_masters()
        assert "主密钥 m1 已不再使用，可以从 XINGLIN_KEYS 里去掉。" in run()
    finally:
        settings.XINGLIN_KEYS = before
        masters.forget_masters()


def test_a_missing_master_is_explained(keyfile):
    key = new_key("person")
    DataKey.objects.filter(pk=key.pk).update(master_id="m9")
    with pytest.raises(CommandError, match="请先把它加回来"):
        run("--make")


def test_a_folder_that_cannot_be_written_is_explained(keyfile, monkeypatch):
    monkeypatch.setattr(masters.os, "replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "denied")))
    with pytest.raises(CommandError, match="密钥文件"):
        run("--make")
