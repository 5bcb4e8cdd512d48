"""Erasing a person: nothing of who it was is left in any table, and every screen goes on (PIPL art. 47)."""

import json
import re
from datetime import date, timedelta
from io import StringIO
from itertools import product
from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import Client

from xinglin.accounts.models import Grant, InitialCredential, User
from xinglin.accounts.selectors import find_users, grants_of, person_account
from xinglin.accounts.tests.factories import make_staff, sign_in
from xinglin.exports.models import ExportJob
from xinglin.files.actions import store_image
from xinglin.files.models import StoredFile
from xinglin.files.storage import private
from xinglin.files.tests.pictures import drawing, saved
from xinglin.history.models import HistoryEntry
from xinglin.history.sealing import seal_waiting
from xinglin.history.verification import verify
from xinglin.imports import actions as imports
from xinglin.imports import selectors as import_selectors
from xinglin.imports.models import ImportIssue, ImportJob, ImportRow
from xinglin.imports.sealing import open_issue
from xinglin.imports.testing import xlsx_file
from xinglin.kernel import clock, id_numbers
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.people.actions import NewPerson, erase, save_draft, save_section
from xinglin.people.erasure import erasures, find_person, refusals
from xinglin.people.models import Draft, Education, Person
from xinglin.residents.actions.correcting import return_personal
from xinglin.residents.actions.enrolling import Intake, enroll
from xinglin.residents.actions.lapsing import lapse_due, revive_due
from xinglin.residents.import_specs import ACCOUNTS
from xinglin.residents.models import ApprovedRecord, ClosingRecord, Enrollment
from xinglin.residents.review_specs import RECRUITMENT
from xinglin.reviews import actions as reviews
from xinglin.vault.models import DataKey

from . import factories

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]
NAME, PHONE, SCHOOL = "司徒照野", "19088776655", "澜江观星大学"
NUMBER = id_numbers.synthetic("320199", date(1999, 3, 1), 733)
DIPLOMA = f"10999120{clock.today():%y}05059876"
REASON = "本人书面申请，见纸质档案第三卷"
MARKS = {
    "basic_info.address": "澜江市观星路 77 号", "basic_info.email": "zhaoye@example.org",
    "basic_info.emergency_name": "司徒远山", "basic_info.emergency_phone": "19077665544",
}  # fmt: skip
ALL_MARKS = (NAME, PHONE, NUMBER, SCHOOL, *MARKS.values(), DIPLOMA, "退回给照野", "说明：照野")


@pytest.fixture
def world(settings, tmp_path):
    private_folder = {"BACKEND": "xinglin.files.storage.PrivateFolder", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "private": private_folder}
    return factories.make_world()


def import_one(world):
    heads = ["招收年份", "姓名", "证件类型", "证件号码", "手机号"]
    line = [str(clock.today().year), NAME, "居民身份证", NUMBER, PHONE]
    data = xlsx_file([heads, line], ACCOUNTS.sheet_name)
    job = imports.start(ACCOUNTS, data=data, file_name="招录.xlsx", by=world.base, mode=None, params={})
    job = imports.check(job.pk, by=world.base)
    groups = {import_selectors.group_of(open_issue(job, i)) for i in ImportIssue.objects.filter(job=job)}
    imports.confirm_warnings(job, groups, by=world.base)
    job = import_selectors.job_for_work(job.pk)
    assert imports.confirm(job, revision=job.revision, whole=False, by=world.base)
    imports.run(job.pk, by=world.base)
    return Enrollment.unscoped.select_related("person__key").get(person__name=NAME)


def live(world):
    """A record with everything that the product can keep of a person."""
    row = import_one(world)
    own = factories.complete(row, world)
    save_section("basic_info", {**MARKS, "basic_info.phone": PHONE}, by=own)
    education = {"education.bachelor.school": SCHOOL, "education.bachelor.diploma_number": DIPLOMA}
    save_section("education", education, by=own)
    save_draft("basic_info", {"basic_info.address": MARKS["basic_info.address"]}, by=own)
    store_image(
        saved(drawing()), purpose="id_front", person_key=row.person.key, person_id=row.person_id, by=own,
        organization_path=world.tree.base.path,
    )  # fmt: skip
    assert reviews.report(RECRUITMENT, [row.pk], by=world.base).done
    assert reviews.return_(RECRUITMENT, [row.pk], comment=f"退回给照野：{NAME}，请核对", by=world.province).done
    return_personal([row.pk], comment=f"退回给照野（{NAME}）", by=world.base)
    return row


def lapsed(world):
    row = live(world)
    with clock.telling(clock.now() + timedelta(days=40)):
        assert lapse_due(by=world.association.system("test")) >= 1
    return Enrollment.unscoped.select_related("person__key").get(pk=row.pk)


def gone(world, row):
    erase(row.person_id, reason=REASON, confirmation=NAME, by=world.association)
    return Person.unscoped.get(pk=row.person_id)


def dump():
    out = StringIO()
    call_command("dump", "--json", stdout=out)
    return out.getvalue()


def _client(viewer):
    user = User.unscoped.get(pk=viewer.user_id)
    User.unscoped.filter(pk=user.pk).update(activated_at=user.created_at)
    return sign_in(Client(), user)


def test_before_it_the_dump_would_have_told(world):
    live(world)
    text = dump()
    assert NAME in text and SCHOOL in text and MARKS["basic_info.email"] in text


def test_afterwards_no_table_holds_a_word_of_the_person(world, django_capture_on_commit_callbacks):
    row = lapsed(world)
    before = Person.unscoped.values().get(pk=row.person_id)
    with django_capture_on_commit_callbacks(execute=True):
        gone(world, row)
    text = dump()
    found = [mark for mark in ALL_MARKS if mark in text]
    assert not found
    for column in ("id_number_hash", "id_last6_hash", "phone_hash"):
        assert before[column] and before[column] not in text


def test_what_the_key_sealed_cannot_be_read_and_the_files_are_gone(world, django_capture_on_commit_callbacks):
    row = lapsed(world)
    names = list(StoredFile.unscoped.filter(person_id=row.person_id).values_list("name", "thumb_name"))
    assert names and all(private().exists(name) for pair in names for name in pair)
    with django_capture_on_commit_callbacks(execute=True):
        gone(world, row)
    key = DataKey.objects.get(pk=row.person.key_id)
    assert key.wrapped is None and key.destroyed_at is not None
    assert not any(private().exists(name) for pair in names for name in pair)
    stored = StoredFile.unscoped.get(person_id=row.person_id)
    assert stored.deleted_at is not None and stored.purged_at is not None
    assert not Draft.unscoped.exists() and not Education.unscoped.filter(person_id=row.person_id).exists()


def test_files_stay_where_the_erasure_fails(world, monkeypatch, django_capture_on_commit_callbacks):
    from xinglin.people.actions import erasing

    row = lapsed(world)
    monkeypatch.setattr(erasing, "destroy_key", lambda key: (_ for _ in ()).throw(RuntimeError))
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(RuntimeError):
        gone(world, row)
    assert Person.unscoped.get(pk=row.person_id).name == NAME
    stored = StoredFile.unscoped.get(person_id=row.person_id)
    assert stored.deleted_at is None and private().exists(stored.name)


def test_the_history_stays_verifies_and_tells_nothing(world):
    row = lapsed(world)
    seal_waiting()
    rows = dict(HistoryEntry.unscoped.values_list("id", "verb"))
    gone(world, row)
    assert verify().intact
    seal_waiting()
    report = verify()
    assert report.intact and report.rows == HistoryEntry.unscoped.count() > len(rows)
    assert not HistoryEntry.unscoped.filter(person_id=row.person_id).exclude(lookup="").exists()
    entry = HistoryEntry.unscoped.get(verb="person.erase")
    assert entry.facts == {"reason": REASON} and entry.subject_id == str(row.person_id)
    assert [found.pk for found in erasures(world.association)] == [entry.pk]


def test_the_account_is_closed_and_its_sessions_are_over(world):
    row = lapsed(world)
    user = person_account(row.person_id)
    client = _client(factories.resident_viewer(row))
    assert client.get("/my/").status_code == 200
    gone(world, row)
    assert client.get("/my/").status_code == 302
    user = User.unscoped.get(pk=user.pk)
    assert not user.is_active and not user.has_usable_password() and user.display_name == "已删除"
    assert grants_of(user) == [] and Grant.unscoped.get(user=user).ended_reason == "个人信息已删除"
    assert find_users("resident", NUMBER) == []


def test_initial_credentials_and_sheets_go_with_the_account(world):
    row = lapsed(world)
    user = person_account(row.person_id)
    assert InitialCredential.objects.filter(user=user).exists()
    gone(world, row)
    assert not InitialCredential.objects.filter(user=user).exists()


def test_imports_with_the_person_lose_their_details_others_keep_them(world):
    row = lapsed(world)
    mine = ImportJob.unscoped.get()
    heads = ["招收年份", "姓名", "证件类型", "证件号码", "手机号"]
    other = [
        str(clock.today().year),
        "程望禾",
        "居民身份证",
        id_numbers.synthetic("320199", date(1998, 5, 5), 11),
        "19011112222",
    ]
    job = imports.start(ACCOUNTS, data=xlsx_file([heads, other], ACCOUNTS.sheet_name), file_name="另一批.xlsx",
                        by=world.base, mode=None, params={})  # fmt: skip
    imports.check(job.pk, by=world.base)
    gone(world, row)
    assert ImportJob.unscoped.get(pk=mine.pk).purged_at is not None
    assert not ImportRow.objects.filter(job=mine).exists()
    assert ImportJob.unscoped.get(pk=job.pk).purged_at is None and ImportRow.objects.filter(job=job).count() == 1


def test_an_import_that_runs_is_waited_for(world):
    row = lapsed(world)
    ImportJob.unscoped.update(status="checking")
    with pytest.raises(Refused, match="请等导入结束后再删除"):
        gone(world, row)


def test_exports_from_the_places_of_the_person_go_with_their_conditions(world):
    row = lapsed(world)
    base, province, sibling = (_client(v) for v in (world.base, world.province, world.sibling))
    made = [
        export(base, "/exports/of/residents.past/", f"name={NAME}"), export(province, "/exports/of/residents.past/"),
        export(sibling, "/exports/of/residents.past/"),
    ]  # fmt: skip
    gone(world, row)
    states = {pk: (e.status, bool(e.file)) for pk, e in ExportJob.unscoped.in_bulk(made).items()}
    assert [states[pk] for pk in made] == [("expired", False), ("expired", False), ("done", True)]
    page = base.get(f"/exports/job/{made[0]}/")
    assert page.status_code == 200 and NAME not in page.content.decode()
    assert base.get("/exports/").status_code == 200


def export(client, address, query=""):
    page = client.get(f"{address}?{query}")
    assert page.status_code == 200
    words = {"query": page.context["query"], "column": [c.name for c in page.context["columns"]], "format": "csv"}
    answer = client.post(address, words)
    assert answer.status_code == 302
    return UUID(answer["Location"].rstrip("/").split("/")[-1])


def text_of_export(client, address):
    pk = export(client, address)
    answer = client.post(f"/exports/job/{pk}/download")
    return b"".join(answer.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize("who", ["base", "province", "association"])
def test_every_screen_that_showed_the_person_says_erased(world, who):
    row = lapsed(world)
    gone(world, row)
    client = _client(getattr(world, who))
    pages = [
        "/residents/past/", f"/residents/past/{row.pk}/", f"/residents/{row.pk}/", "/residents/changes/",
        "/residents/intake/", f"/residents/intake/?year={row.intake_year}",
    ]  # fmt: skip
    changes = HistoryEntry.unscoped.filter(subject_type__in=["enrollment", "person"]).exclude(update_type="")
    pages += [f"/residents/changes/{pk}/" for pk in changes.values_list("id", flat=True)]
    if who == "base":
        pages += ["/residents/accounts/", "/imports/"]
    said = 0
    for page in pages:
        answer = client.get(page)
        assert answer.status_code in (200, 302), page
        text = answer.content.decode()
        assert not [mark for mark in ALL_MARKS if mark in text], page
        said += "已删除" in text
    assert said >= 4
    for address in ("/exports/of/residents.past/", "/exports/of/residents.changes/"):
        text = text_of_export(client, address)
        assert "已删除" in text and not [mark for mark in ALL_MARKS if mark in text]


def test_nobody_finds_the_person_any_more(world):
    row = lapsed(world)
    client = _client(world.base)
    gone(world, row)
    for page, search in product(("/residents/past/", "/residents/changes/"), (f"?id_number={NUMBER}", f"?name={NAME}")):
        assert "已删除" not in re.sub(r"(?s)<form.*?</form>", "", client.get(page + search).content.decode())


def test_figures_stay(world):
    row = lapsed(world)
    before = ClosingRecord.unscoped.values("specialty", "education", "degree", "intake_year", "closed_at").get(
        pk=row.pk
    )
    gone(world, row)
    after = ClosingRecord.unscoped.values("specialty", "education", "degree", "intake_year", "closed_at").get(pk=row.pk)
    assert after == before and Enrollment.unscoped.filter(pk=row.pk, holding=False).exists()


def test_the_same_human_may_come_again_as_somebody_new(world):
    row = lapsed(world)
    gone(world, row)
    made = enroll(
        [Intake(NewPerson(NAME, "01", NUMBER, PHONE))], window=world.window, base=world.tree.sibling,
        province=world.tree.province, by=world.sibling,
    )  # fmt: skip
    (pk,) = made.ids
    again = Enrollment.unscoped.select_related("person").get(pk=pk)
    assert again.person_id != row.person_id and again.person.name == NAME


def test_an_erased_record_is_not_revived_by_an_extension(world):
    row = lapsed(world)
    gone(world, row)
    assert revive_due(by=world.association.system("test")) == 0
    assert not Enrollment.unscoped.get(pk=row.pk).holding


class TestRefusals:
    def refused(self, world, row, **words):
        words = {"reason": REASON, "confirmation": NAME, "by": world.association, **words}
        with pytest.raises(Refused) as refused:
            erase(row.person_id, **words)
        assert Person.unscoped.get(pk=row.person_id).name == NAME
        return refused.value

    def test_whoever_is_held_by_a_base_is_not_erased(self, world):
        row = live(world)
        error = self.refused(world, row)
        assert world.tree.base.name in error.message and "删除记录" in error.message

    def test_a_completed_training_is_kept_by_law(self, world):
        row = lapsed(world)
        closing = ClosingRecord.unscoped.values().get(pk=row.pk)
        facts = {k: v for k, v in closing.items() if k in {f.attname for f in ApprovedRecord._meta.concrete_fields}}
        ApprovedRecord.unscoped.create(**facts, training_status="completed", approved_at=clock.now())
        assert "法定保存" in self.refused(world, row).message
        ApprovedRecord.unscoped.update(training_status="withdrawn")
        gone(world, row)
        assert ApprovedRecord.unscoped.get(pk=row.pk).specialty == closing["specialty"]

    def test_staff_are_not_erased_while_they_have_a_task(self, world):
        user = make_staff("base_admin", world.tree.base)
        with pytest.raises(Refused, match="请先由所在单位结束这些身份") as refused:
            erase(user.person_id, reason=REASON, confirmation=user.person.name, by=world.association)
        assert world.tree.base.name in refused.value.message

    def test_nobody_erases_himself(self, world):
        me = Person.unscoped.get(pk=world.association.person_id)
        with pytest.raises(Refused, match="不能删除自己"):
            erase(me.pk, reason=REASON, confirmation=me.name, by=world.association)

    def test_a_second_time_is_told(self, world):
        row = lapsed(world)
        gone(world, row)
        with pytest.raises(Refused, match="已经删除"):
            erase(row.person_id, reason=REASON, confirmation="已删除", by=world.association)

    def test_the_typed_name_must_be_right_and_the_reason_names_nobody(self, world):
        row = lapsed(world)
        for typed in ("", "照野", NAME + "？", "已删除"):
            assert self.refused(world, row, confirmation=typed).field == "confirmation"
        told = (f"{NAME}本人申请删除", f"本人申请，身份证 {NUMBER}", "联系电话 19088776655")
        for reason in ("", "   ", "申请", *told):
            assert self.refused(world, row, reason=reason).field == "reason"

    def test_only_the_association_erases(self, world):
        row = lapsed(world)
        for who in (world.base, world.province, world.sibling):
            with pytest.raises(NotAllowed):
                erase(row.person_id, reason=REASON, confirmation=NAME, by=who)
            with pytest.raises(NotAllowed):
                find_person(NUMBER, who)


def test_a_person_is_found_by_the_whole_number_alone(world):
    row = lapsed(world)
    assert [p.pk for p in find_person(f" {NUMBER.lower()} ", world.association)] == [row.person_id]
    assert refusals(row.person, world.association) == []
    for typed in (NUMBER[-6:], "", "司徒照野"):
        with pytest.raises(Refused, match="没有这个证件号"):
            find_person(typed, world.association)


def test_the_list_of_the_erased_is_the_associations(world):
    row = lapsed(world)
    gone(world, row)
    assert list(erasures(world.base)) == [] and list(erasures(world.province)) == []
    assert json.loads(json.dumps(erasures(world.association).get().facts)) == {"reason": REASON}
