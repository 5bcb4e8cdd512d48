"""What the command line hands on, what the data folder's locks allow, which browser files are served and how."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.core import management
from django.core.management import get_commands

from xinglin.config import cli, installation, static_files, vendor
from xinglin.config.installation import BeingServed, alone, demo_is_half_told, demo_under_way, in_use, remove_files
from xinglin.config.static_files import collect_if_changed, is_collected

pytestmark = [pytest.mark.req("Q-14"), pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")]

# --- the command line -------------------------------------------------------------------------------------------------


@pytest.fixture
def handed_on(monkeypatch) -> list[list[str]]:
    """What Django's command line is called with."""
    calls: list[list[str]] = []
    monkeypatch.setattr(management, "execute_from_command_line", calls.append)
    return calls


@pytest.mark.parametrize(("typed", "called"), [
    (["serve"], ["serve"]),
    (["verify-history"], ["verify_history"]),
    (["history-head", "--json"], ["history_head", "--json"]),
    (["rotate-keys"], ["rotate_keys"]),
    (["first-account", "--again"], ["first_account", "--again"]),
    (["backup", "rotate-keys"], ["backup", "rotate-keys"]),
    (["no-such-command"], ["no-such-command"]),
    (["restore", "first-account.xlb"], ["restore", "first-account.xlb"]),
    (["--help"], ["--help"]),
])  # fmt: skip
def test_only_the_command_itself_loses_its_hyphens(handed_on, typed, called):
    kept = list(typed)
    cli.main(typed)
    assert handed_on == [["xinglin", *called]]
    assert typed == kept, "the caller's list is not changed"


def test_without_arguments_it_reads_those_of_the_process(handed_on, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/somewhere/xinglin", "doctor", "--full"])
    cli.main()
    assert handed_on == [["xinglin", "doctor", "--full"]]


def test_no_command_asks_django_nothing(handed_on, capsys):
    cli.main([])
    assert capsys.readouterr().out == cli.COMMANDS and not handed_on


def test_the_settings_are_the_products_unless_others_are_named(handed_on, monkeypatch):
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    cli.main(["doctor"])
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "xinglin.config.settings"
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "some.other")
    cli.main(["doctor"])
    assert os.environ["DJANGO_SETTINGS_MODULE"] == "some.other"


def test_an_interrupt_is_no_traceback(monkeypatch):
    def interrupted(_: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(management, "execute_from_command_line", interrupted)
    with pytest.raises(SystemExit, match="Stopped") as ended:
        cli.main(["serve"])
    assert ended.value.__context__.__class__ is KeyboardInterrupt


def test_every_command_that_is_told_exists_once():
    told = re.findall(r"^xinglin ([a-z-]+)", cli.COMMANDS, re.MULTILINE)
    assert len(set(told)) == len(told)
    assert {name.replace("-", "_") for name in told} - {"help"} <= set(get_commands())
    assert {name for name in told if "-" in name} == cli.DASHED
    assert all(len(line) < 100 for line in cli.COMMANDS.splitlines())


# --- the data folder --------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path / "some" / "data"
    name = str(settings.DATA_DIR / "xinglin.sqlite3")
    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": name}}
    return settings.DATA_DIR


def test_the_folder_is_made_with_those_above_it_and_again_it_is_the_same(folder):
    assert installation.make_folder() == installation.make_folder() == folder
    (folder / "letter").write_text("x")
    installation.make_folder()
    assert (folder / "letter").exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(("first", "second", "allowed"), [
    (in_use, in_use, True), (in_use, alone, False), (alone, in_use, False), (alone, alone, False),
])  # fmt: skip
def test_who_may_be_there_beside_whom(folder, first, second, allowed):
    with first():
        if allowed:
            with second():
                pass
        else:
            with pytest.raises(BeingServed, match=re.escape(str(folder))), second():
                pytest.fail("both were let in")
    with second():
        pass


@pytest.mark.parametrize("lock", [in_use, alone])
def test_a_lock_ends_with_what_it_was_for_however_that_ends(folder, lock):
    with pytest.raises(ZeroDivisionError), lock():
        _ = 1 // 0
    with alone():
        pass


def test_a_lock_ends_with_its_process(folder):
    """Killed at any instant, a server leaves a lock file and no lock."""
    installation.make_folder()
    hold = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_SH); print(1, flush=True); input()"
    command = [sys.executable, "-c", hold, str(folder / installation.LOCK)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None and server.stdout.readline() == b"1\n"
        with pytest.raises(BeingServed), alone():
            pytest.fail("let in beside a server")
        server.kill()
    assert (folder / installation.LOCK).exists()
    with alone(), open(folder / installation.LOCK) as handle, pytest.raises(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)


def test_removing_removes_all_of_the_database_and_nothing_twice(folder):
    installation.make_folder()
    for ending in ("", "-wal", "-shm", "-journal", "-backup", ".old"):
        (folder / f"xinglin.sqlite3{ending}").write_text("x")
    (folder / "files" / "ab" / "cd").mkdir(parents=True)
    remove_files()
    remove_files()
    assert {path.name for path in folder.iterdir()} == {"xinglin.sqlite3-backup", "xinglin.sqlite3.old"}


def test_a_database_server_is_no_file(folder, settings):
    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "xinglin"}}
    installation.make_folder()
    for name in ("xinglin", "xinglin.sqlite3", "keys"):
        (folder / name).write_text("x")
    remove_files()
    assert {path.name for path in folder.iterdir()} == {"xinglin", "xinglin.sqlite3"}


@pytest.mark.parametrize("end", [SystemExit, RuntimeError, KeyboardInterrupt, OSError])
def test_a_demo_that_ends_badly_is_half_told(folder, end):
    assert not demo_is_half_told()
    with pytest.raises(end), demo_under_way():
        raise end
    assert demo_is_half_told()
    with demo_under_way():
        pass
    assert not demo_is_half_told()


# --- the browser files of others --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", vendor.FILES)
def test_a_vendored_file_is_there_under_its_name(name):
    found = find(name)
    assert Path(found).is_file() and found.endswith(vendor.FILES[name])
    assert find(name, find_all=True) == [found]
    assert vendor.VendorStorage().size(name) > 1_000


@pytest.mark.parametrize("name", [
    "", "vendor", "vendor/", "vendor/tabler/tabler.js", "vendor/tabler/../tabler/tabler.min.css", "tabler.min.css",
    "@tabler/core/dist/css/tabler.min.css", "vendor/tabler/tabler.min.css/", "VENDOR/tabler/tabler.min.css",
])  # fmt: skip
def test_nothing_else_is_found(name):
    finder = vendor.VendorFinder()
    assert finder.find(name) == [] and finder.find(name, find_all=True) == []
    with pytest.raises(KeyError):
        vendor.VendorStorage().path(name)


def test_what_is_offered_is_what_is_found():
    offered = dict(vendor.VendorFinder().list(None))
    assert list(offered) == list(vendor.FILES)
    for name, storage in offered.items():
        assert storage.exists(name) and name.startswith("vendor/")


def test_the_style_sheet_names_no_file_that_is_not_served():
    style = Path(find("vendor/tabler/tabler.min.css")).read_text(encoding="utf-8")
    named = re.findall(r"sourceMappingURL=(\S+)", style)
    assert [f"vendor/tabler/{name}" for name in named] == [name for name in vendor.FILES if name.endswith(".map")]
    begun = set(re.findall(r"url\(['\"]?([^'\")]{1,5})", style))
    assert all(way == "data:" or way.startswith("#") for way in begun), "no picture or font from elsewhere"


# --- static files -----------------------------------------------------------------------------------------------------


@pytest.fixture
def sources(settings, tmp_path) -> Iterator[Path]:
    """A folder of two small files in place of all the sources."""
    folder = tmp_path / "sources"
    (folder / "js").mkdir(parents=True)
    (folder / "site.css").write_text("body { color: #123 }" * 40)
    (folder / "js" / "lists.js").write_text("import { ask } from './asking.js'; ask();")
    (folder / "js" / "asking.js").write_text("export const ask = () => 1;")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [folder]
    settings.STATIC_ROOT = tmp_path / "served"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "xinglin.config.static_files.HashedFiles"}}
    static_files._addresses.clear()
    yield folder
    static_files._addresses.clear()


def address(name: str) -> str:
    from django.contrib.staticfiles.storage import staticfiles_storage

    return staticfiles_storage.url(name)


def test_a_changed_a_new_and_a_lost_file_are_noticed(sources):
    assert not is_collected()
    assert collect_if_changed() and is_collected()
    for change in (
        lambda: (sources / "site.css").write_text("body { color: #456 }"),
        lambda: (sources / "more.css").write_text("p { margin: 0 }"),
        lambda: (sources / "more.css").unlink(),
        lambda: os.utime(sources / "site.css", (1, 1)),
    ):
        change()
        assert not is_collected()
        assert collect_if_changed() and not collect_if_changed()


def test_what_was_collected_before_is_cleared(sources, settings):
    collect_if_changed()
    old = {path.name for path in Path(settings.STATIC_ROOT).rglob("site.*.css")}
    (sources / "site.css").write_text("body { color: #789 }")
    collect_if_changed()
    new = {path.name for path in Path(settings.STATIC_ROOT).rglob("site.*.css")}
    assert len(old) == len(new) == 1 and old != new


def test_a_name_changes_with_the_content_also_inside_a_module(sources, settings):
    collect_if_changed()
    before = address("js/lists.js")
    assert re.search(r"js/lists\.[0-9a-f]{12}\.js$", before)
    served = Path(settings.STATIC_ROOT, "js", before.rsplit("/", 1)[1]).read_text()
    assert re.search(r"'\./asking\.[0-9a-f]{12}\.js'|\"\./asking\.[0-9a-f]{12}\.js\"", served)
    (sources / "js" / "asking.js").write_text("export const ask = () => 2;")
    collect_if_changed()
    assert address("js/lists.js") != before, "who imports a changed module is changed too"


def test_an_address_is_worked_out_once(sources, monkeypatch):
    collect_if_changed()
    first = address("site.css")
    monkeypatch.setattr(static_files.CompressedManifestStaticFilesStorage, "url", lambda *_: pytest.fail("asked again"))
    assert address("site.css") == first


def test_large_files_are_compressed_once_for_all(sources, settings):
    collect_if_changed()
    name = address("site.css").rsplit("/", 1)[1]
    assert Path(settings.STATIC_ROOT, f"{name}.gz").stat().st_size < (sources / "site.css").stat().st_size


def test_nothing_of_the_folder_it_is_called_from_is_imported(settings, tmp_path):
    """A checkout, or a file that is called like a module, lies where somebody happens to stand."""
    for name in ("xinglin", "json"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('of the folder')\n")
    command = settings.BASE_DIR / "bin" / "xinglin"
    done = subprocess.run([str(command), "help"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "of the folder" not in done.stderr
    assert "doctor" in done.stdout
