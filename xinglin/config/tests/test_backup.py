"""Backup and restore in this process: what is consistent while people write, and what is refused before anything."""

import io
import json
import threading
import uuid
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections, transaction

from xinglin.config.archive import container, keys, postgres, restoring, saving, sqlite
from xinglin.config.archive.container import BadArchive
from xinglin.config.archive.saving import back_up
from xinglin.config.installation import in_use
from xinglin.files.models import StoredFile
from xinglin.files.storage import private
from xinglin.vault import masters
from xinglin.vault.actions import new_key
from xinglin.vault.models import DataKey

pytestmark = [pytest.mark.req("Q-13"), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    location = {"BACKEND": "xinglin.files.storage.PrivateFolder", "OPTIONS": {"location": str(tmp_path / "files")}}
    settings.STORAGES = {**settings.STORAGES, "private": location}
    settings.XINGLIN_BACKUP_PASSPHRASE = ""
    return tmp_path


def put_file():
    """A stored file as the product makes it: bytes before the row."""
    file_id = uuid.uuid4()
    name = private().save(f"{file_id.hex[:2]}/{file_id.hex}.original", ContentFile(b"x" * 100))
    with transaction.atomic():
        return StoredFile.unscoped.create(
            id=file_id, purpose="photo", kind="attachment", key=new_key("person"), content_type="x", size=100,
            digest="d", name=name,
        )  # fmt: skip


def members(path):
    found = {}
    container.read(path, "", lambda name, content: found.setdefault(name, content.read()))
    return found


def test_the_manifest_counts_every_table_and_file(folder):
    for _ in range(3):
        put_file()
    manifest = back_up(folder / "x")
    assert manifest["tables"]["vault_datakey"]["rows"] == DataKey.objects.count() == 3
    assert manifest["files"] == {"count": 3, "bytes": 300, "missing": []}
    assert manifest["database"] == connection.vendor and manifest["migrations"] == saving.applied_migrations()
    assert {"people_person", "history_historyentry", "history_historyseal"} <= set(manifest["tables"])
    stored = json.loads(members(folder / "x")["manifest.json"])
    assert stored == manifest and all(len(table["sha256"]) == 64 for table in manifest["tables"].values())


def test_the_same_content_has_the_same_digests_and_another_has_others(folder):
    put_file()
    first, second = back_up(folder / "1")["tables"], back_up(folder / "2")["tables"]
    assert first == second
    StoredFile.unscoped.update(size=101)
    third = back_up(folder / "3")["tables"]
    assert [name for name in third if third[name] != first[name]] == ["files_storedfile"]


def test_keys_are_in_it_unless_they_are_kept_apart(folder):
    back_up(folder / "with")
    back_up(folder / "without", with_keys=False)
    ring = masters.masters()
    assert masters.parse(members(folder / "with")["keys"].decode()) == ring
    assert "keys" not in members(folder / "without")
    manifest = json.loads(members(folder / "without")["manifest.json"])
    assert manifest["keys"] == {"included": False, **keys.marks(ring)}
    import base64

    for key in [*ring.keys.values(), ring.index]:
        assert base64.b64encode(key) not in (folder / "without").read_bytes()


def test_files_that_rows_name_are_there_though_people_write_meanwhile(folder, monkeypatch):
    over, trouble = threading.Event(), []

    def work():
        try:
            while not over.is_set():
                put_file()
        except Exception as error:
            trouble.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for _ in range(5):
        put_file()
    for worker in workers:
        worker.start()
    try:
        manifests = [back_up(folder / str(number)) for number in range(3)]
    finally:
        over.set()
        for worker in workers:
            worker.join()
    assert not trouble
    for number, manifest in enumerate(manifests):
        count = manifest["tables"]["files_storedfile"]["rows"]
        assert manifest["files"]["missing"] == [] and manifest["files"]["count"] == count
        assert manifest["tables"]["vault_datakey"]["rows"] in (count, count + 1, count + 2)
        assert sum(name.startswith("files/") for name in members(folder / str(number))) == count


def test_a_file_that_is_gone_is_told(folder):
    stored = put_file()
    private().delete(stored.name)
    out, err = StringIO(), StringIO()
    call_command("backup", str(folder / "x"), stdout=out, stderr=err)
    assert stored.name in err.getvalue() and "xinglin doctor" in err.getvalue()


def test_purged_files_are_not_looked_for(folder):
    from django.utils import timezone

    stored = put_file()
    private().delete(stored.name)
    StoredFile.unscoped.update(deleted_at=timezone.now(), purged_at=timezone.now())
    assert back_up(folder / "x")["files"] == {"count": 0, "bytes": 0, "missing": []}


class TestRefusals:
    def error(self, *arguments):
        with pytest.raises(CommandError) as error:
            call_command(*arguments, stdout=StringIO())
        return str(error.value)

    def test_an_existing_file_is_not_overwritten(self, folder):
        (folder / "x").write_text("mine")
        assert "不覆盖" in self.error("backup", str(folder / "x"))
        assert (folder / "x").read_text() == "mine"

    def test_a_place_that_cannot_be_written_is_told(self, folder):
        assert "没有写成备份" in self.error("backup", str(folder / "nowhere" / "x"))

    def test_a_full_disk_leaves_no_half_archive(self, folder, monkeypatch):
        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(container.os, "fsync", full)
        assert "No space left" in self.error("backup", str(folder / "x"))
        assert [path.name for path in folder.iterdir() if path.name != "files"] == []

    def test_what_is_no_archive_or_not_there_is_refused(self, folder):
        (folder / "x").write_text("x" * 3000)
        assert "这不是 xinglin backup" in self.error("restore", str(folder / "x"))
        assert "没有恢复" in self.error("restore", str(folder / "none"))

    def test_a_running_installation_is_not_restored(self, folder, settings):
        settings.DATA_DIR = folder / "data"
        with in_use():
            assert "正在运行" in self.error("restore", str(folder / "x"))

    def refused(self, folder, replace=True, **over):
        manifest = back_up(folder / "x")
        with pytest.raises(BadArchive) as refused:
            restoring._admissible({**manifest, **over}, replace)
        return str(refused.value)

    def test_the_other_database_is_named(self, folder):
        other = "postgresql" if connection.vendor == "sqlite" else "sqlite"
        assert restoring.NAMES[other] in self.refused(folder, database=other)

    def test_a_newer_version_is_named(self, folder):
        assert "people.0999_later" in self.refused(folder, migrations={"people": ["0001_initial", "0999_later"]})

    def test_data_are_not_replaced_unasked(self, folder):
        from xinglin.accounts.tests.factories import make_tree

        make_tree()
        restoring._admissible(back_up(folder / "empty"), False)
        from xinglin.history.tests.rows import write

        write(1)
        assert "--replace" in self.refused(folder, replace=False)
        restoring._admissible(back_up(folder / "full"), True)

    def test_keys_of_the_environment_must_be_the_right_ones(self, folder, settings):
        manifest = back_up(folder / "x")
        assert keys.put_in_place(keys.text(), manifest) == "密钥与备份一致。"
        before = settings.XINGLIN_KEYS
        try:
            settings.XINGLIN_KEYS = masters.generate()
            with pytest.raises(BadArchive, match="XINGLIN_KEYS"):
                keys.put_in_place(keys.text(), manifest)
        finally:
            settings.XINGLIN_KEYS = before
            masters.forget_masters()

    def test_another_key_file_is_kept_beside_the_restored_one(self, folder, settings):
        manifest, text = back_up(folder / "x"), keys.text()
        before, settings.DATA_DIR = settings.XINGLIN_KEYS, folder / "data"
        try:
            settings.XINGLIN_KEYS = ""
            masters.forget_masters()
            mine = masters.key_text(masters.masters())
            assert "原来的留在" in keys.put_in_place(text, manifest)
            assert masters.key_file().read_bytes() == text
            (kept,) = (folder / "data").glob("keys.replaced-*")
            assert kept.read_text() == mine and kept.stat().st_mode & 0o077 == 0
            assert keys.put_in_place(text, manifest) == "密钥文件与备份一致。"
        finally:
            settings.XINGLIN_KEYS = before
            masters.forget_masters()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the other database loads in a transaction")
def test_a_database_that_does_not_fit_the_manifest_is_not_put_in_place(folder, monkeypatch):
    manifest = back_up(folder / "x")
    content = members(folder / "x")[sqlite.MEMBER]
    monkeypatch.setattr(sqlite, "database_path", lambda: folder / "new.sqlite3")
    loader = sqlite.Loader({**manifest, "tables": {**manifest["tables"], "people_person": {"rows": 9, "sha256": ""}}})
    assert loader.take(sqlite.MEMBER, io.BytesIO(content)) and not loader.take("files/a", io.BytesIO())
    with pytest.raises(BadArchive, match="没有替换现有数据库"):
        loader.finish()
    assert not [path for path in folder.iterdir() if path.name.startswith("new.sqlite3")]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the other database is put in place as a file")
@pytest.mark.parametrize("spoil", ["digest", "reference"])
def test_tables_that_do_not_fit_the_manifest_are_not_loaded(folder, spoil):
    from django.db import IntegrityError

    from xinglin.residents.tests.factories import make_world

    make_world()
    manifest = back_up(folder / "x")
    content = members(folder / "x")
    before = list(DataKey.objects.order_by("pk").values_list("pk", flat=True))
    tables = dict(manifest["tables"])
    if spoil == "digest":
        tables["vault_datakey"] = {**tables["vault_datakey"], "sha256": "0" * 64}
    else:
        content.pop("tables/people_person.copy.gz")
    loader = postgres.Loader({**manifest, "tables": tables})
    for name, data in content.items():
        loader.take(name, io.BytesIO(data))
    with pytest.raises((BadArchive, IntegrityError)):
        loader.finish()
    assert list(DataKey.objects.order_by("pk").values_list("pk", flat=True)) == before
