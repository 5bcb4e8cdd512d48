"""From one machine to an empty one: equal counts and hashes, readable content, a history that verifies, people who
sign in (Q-13)."""

import json
import stat
from pathlib import Path

import pytest

from .machine import machine

pytestmark = [pytest.mark.req("Q-13"), pytest.mark.django_db]

WORDS = "杏林 passphrase"
FILL = """
from io import StringIO
from django.core.management import call_command
call_command("load_dictionaries", stdout=StringIO())
from xinglin.residents.tests import factories
from xinglin.accounts.models import User
from xinglin.files.actions import store_image
from xinglin.files.tests.pictures import drawing, saved
from xinglin.history.sealing import seal_waiting
from xinglin.people.models import Person
from xinglin.vault.actions import destroy_key, new_key
world = factories.make_world()
row, other = factories.make_enrollments(world, 2)
own = factories.complete(row, world)
stored = store_image(saved(drawing()), purpose="id_front", person_key=row.person.key, person_id=row.person_id, by=own)
person = Person.unscoped.get(pk=row.person_id)
person.id_front = stored.pk
person.save()
destroy_key(new_key("job"))
seal_waiting()
factories.make_enrollments(world, 3)
staff = User.unscoped.get(pk=world.base.user_id)
User.unscoped.filter(pk=staff.pk).update(activated_at=staff.created_at)
from xinglin.people.models import Draft
from xinglin.people.actions import save_draft
gone = save_draft("education", {"x": "1"}, by=own).pk
Draft.unscoped.filter(pk=gone).delete()
answer = {"name": staff.sign_in_name, "person": person.pk, "address": "", "file": str(stored.pk), "draft": gone,
          "number": person.id_number}
"""

CHECK = """
from django.test import Client
from django.urls import reverse
from xinglin.accounts.puzzles import make_puzzle
from xinglin.files.actions import open_
from xinglin.files.models import StoredFile
from xinglin.people.models import Draft, Person
from xinglin.people.actions import save_draft
from xinglin.residents.models import Enrollment
from xinglin.residents.tests.factories import resident_viewer
from xinglin.accounts.tests.factories import PASSWORD
import os
told = json.loads(os.environ["TOLD"])
person = Person.unscoped.select_related("key").get(pk=told["person"])
client = Client()
where = reverse("accounts:sign-in")
words = {"entrance": "organization", "track": "western", "name": told["name"], "password": PASSWORD,
         "picture_token": make_puzzle().picture_token, "answer": "2468"}
sent = client.post(where, words)
own = resident_viewer(Enrollment.unscoped.get(person=person))
answer = {
    "number": person.id_number,
    "bytes": len(open_(StoredFile.unscoped.select_related("key").get(pk=told["file"]))),
    "new_draft": save_draft("basic_info", {}, by=own).pk,
    "signed_in": sent.status_code, "to": sent.headers.get("Location", ""), "home": client.get("/", follow=True).request["PATH_INFO"],
}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("journey")


def everything(there):
    """All rows of a machine, but how far sealing had come there: transaction numbers mean nothing on another server."""
    return {name: rows for name, rows in there.dump().items() if name != "history.sealmark"}


@pytest.fixture(scope="module")
def saved(place, django_db_setup):
    """A machine with people on it: its folder, what to look for, its rows, and three archives of it."""
    with machine(place / "old") as old:
        old.make_tables()
        told = old.do(FILL)
        said = old.run("backup", str(place / "all.xl"))
        old.run("backup", str(place / "locked.xl"), XINGLIN_BACKUP_PASSPHRASE=WORDS)
        old.run("backup", str(place / "bare.xl"), "--without-keys")
        old.run("history-head", str(place / "head.json"))
        yield old.folder, told, everything(old), said


def test_the_archive_is_its_owners_and_says_what_it_holds(saved, place):
    said = saved[3]
    assert stat.S_IMODE((place / "all.xl").stat().st_mode) == 0o600
    assert "2 个文件" in said and "备份含主密钥，没有加口令" in said
    assert not [path.name for path in place.iterdir() if path.name.startswith(".")]


def test_an_empty_machine_becomes_the_old_one(saved, place):
    folder, told, rows, _ = saved
    with machine(place / "new") as new:
        said = new.run("restore", str(place / "locked.xl"), XINGLIN_BACKUP_PASSPHRASE=WORDS)
        assert "数量和摘要与备份一致" in said and "密钥文件已写入" in said
        assert everything(new) == rows
        assert (new.folder / "keys").read_text() == (folder / "keys").read_text()
        assert stat.S_IMODE((new.folder / "keys").stat().st_mode) == 0o600
        text = new.run("verify-history", "--head", str(place / "head.json"))
        assert "核验通过" in text and "尚未封存" in text
        found = new.do(CHECK, TOLD=json.dumps(told))
        assert found["number"] == told["number"] and found["bytes"] > 1000
        assert found["new_draft"] > told["draft"], "a number that was used is never given again"
        assert found["signed_in"] == 302 and "sign-in" not in found["home"]
        assert "已经有数据" in new.run("restore", str(place / "all.xl"), code=1)
        assert "完成：恢复到" in new.run("restore", str(place / "all.xl"), "--replace")
        assert everything(new) == rows


def test_without_its_keys_a_backup_is_refused_before_anything_is_touched(saved, place):
    with machine(place / "no-keys") as new:
        assert "不是备份所用的密钥" in new.run("restore", str(place / "bare.xl"), code=1)
        assert "accounts_user" not in new.tables()
        Path(new.folder / "keys").write_bytes((saved[0] / "keys").read_bytes())
        assert "密钥与备份一致" in new.run("restore", str(place / "bare.xl"))
        assert "accounts_user" in new.tables()


def test_an_archive_of_an_older_version_is_migrated(place):
    with machine(place / "older") as source, machine(place / "newer") as new:
        source.make_tables()
        source.run("migrate", "people", "0001", "-v", "0")
        archive = str(place / "older.xl")
        source.run("backup", archive)
        new.run("restore", archive)
        shown = new.run("showmigrations", "people", "residents")
        assert "[X] 0002_person_erased_at" in shown and "[ ]" not in shown
