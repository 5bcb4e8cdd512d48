"""The data folder: private, known to be in use, thrown away only when it may be."""

import stat

import pytest
from django.core.management import CommandError, call_command

from xinglin.config.installation import (
    BeingServed,
    alone,
    demo_is_half_told,
    demo_under_way,
    in_use,
    make_folder,
    remove_files,
)
from xinglin.config.static_files import is_collected

pytestmark = pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.DATABASES = {
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(settings.DATA_DIR / "xinglin.sqlite3")}
    }
    return settings.DATA_DIR


def test_the_folder_is_its_owners_only(folder):
    make_folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_several_servers_may_use_it_and_nobody_throws_it_away_meanwhile(folder):
    with in_use(), in_use(), pytest.raises(BeingServed), alone():
        pass
    with alone():
        pass


def test_only_our_own_files_are_removed(folder):
    make_folder()
    (folder / "files" / "ab").mkdir(parents=True)
    for name in ("xinglin.sqlite3", "xinglin.sqlite3-wal", "keys", "files/ab/scan", "letter.txt"):
        (folder / name).write_text("x")
    remove_files()
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_a_demo_that_was_broken_off_is_known(folder):
    with pytest.raises(KeyboardInterrupt), demo_under_way():
        raise KeyboardInterrupt
    assert demo_is_half_told()
    remove_files()
    assert not demo_is_half_told()
    with demo_under_way():
        assert demo_is_half_told()
    assert not demo_is_half_told()


@pytest.mark.req("Q-14")
def test_a_production_installation_is_not_thrown_away(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("reset")


def test_nothing_is_thrown_away_under_a_running_server(folder):
    make_folder()
    (folder / "keys").write_text("x")
    with in_use(), pytest.raises(CommandError, match="stop it first"):
        call_command("reset")
    assert (folder / "keys").exists()


def test_static_files_alone_need_neither_folder_nor_keys_nor_database(folder, settings, tmp_path, monkeypatch):
    """Whoever may write the program collects them, without the secrets of the service."""
    monkeypatch.setattr("xinglin.config.management.commands.prepare.masters", lambda: pytest.fail("asked for keys"))
    settings.STATIC_ROOT = tmp_path / "static"
    call_command("prepare", "--static")
    assert is_collected() and not folder.exists()
    before = {path: path.stat().st_mtime_ns for path in settings.STATIC_ROOT.rglob("*")}
    call_command("prepare", "--static")
    assert {path: path.stat().st_mtime_ns for path in settings.STATIC_ROOT.rglob("*")} == before, "nothing had changed"
