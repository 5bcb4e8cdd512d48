"""Pictures of the own form: whose they are, what is refused and where it is said (P-18, P-19, Q-11)."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from xinglin.accounts.tests.factories import make_staff, sign_in
from xinglin.files import access
from xinglin.files.models import StoredFile
from xinglin.files.tests import pictures
from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.residents.tests.own import make_own
from xinglin.residents.tests.test_views_own_form import close_filling

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    return make_own()


def scan(name="scan.jpg", content=None):
    return SimpleUploadedFile(name, content or pictures.saved(pictures.drawing()))


def put(own, purpose="id_front"):
    return own.client.post("/files/upload", {"file": scan(), "purpose": purpose}).json()["id"]


@pytest.mark.req("P-18")
def test_picture_that_was_uploaded_is_saved_by_its_id(own):
    found = put(own)
    assert own.content["basic_info.id_front"] is None
    own.post("basic_info", id_front=found)
    assert own.content["basic_info.id_front"] == found


@pytest.mark.req("P-18")
@pytest.mark.parametrize("section", ["basic_info", "education"])
def test_picture_may_come_with_the_form_itself(own, section):
    values = {"basic_info": {"basic_info.name": own.record.person.name, "basic_info.photo__file": scan()},
              "education": {"education.bachelor.applies": "1", "education.bachelor.degree": "410",
                            "education.bachelor.degree_scan__file": scan()}}  # fmt: skip
    assert own.send(section, values[section]).status_code == 302
    key = {"basic_info": "basic_info.photo", "education": "education.bachelor.degree_scan"}[section]
    stored = StoredFile.unscoped.get(pk=own.content[key])
    assert (stored.person_id, stored.purpose) == (own.enrollment.person_id, key.rsplit(".", 1)[-1])


def test_picture_of_a_refused_form_is_not_lost(own):
    refused = own.send("basic_info", {"basic_info.phone": "1", "basic_info.id_back__file": scan()})
    stored = StoredFile.unscoped.get()
    assert f'name="basic_info.id_back" value="{stored.pk}"' in refused.text
    assert str(stored.pk) in own.get().text


@pytest.mark.req("Q-11")
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jpg", b"%PDF-1.7 hello", "PDF"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        ("a.png", pictures.png_claiming(60000, 60000), "像素"),
        ("a.jpg", b"nonsense of no kind", "图片"),
    ],
)
def test_hostile_upload_gives_its_reason_at_the_field(own, name, content, said):
    answer = own.send("basic_info", {"basic_info.id_front__file": scan(name, content), "basic_info.address": "留着"})
    assert answer.status_code == 422
    assert 'href="#upload-basic_info.id_front"' in answer.text
    assert said in answer.text
    assert "留着" in answer.text
    assert not StoredFile.unscoped.exists()


@pytest.mark.req("Q-10")
def test_foreign_unknown_and_misused_ids_are_refused(own):
    other = make_own(own.world)
    for value in (put(other), str(uuid.uuid4()), "not an id", put(own, "photo")):
        answer = own.post("basic_info", id_front=value)
        assert answer.status_code == 422
        assert "请重新上传" in answer.text
    assert own.content["basic_info.id_front"] is None


@pytest.mark.req("Q-10")
def test_who_sees_a_picture(own):
    world, found = own.world, put(own)
    other = make_own(world)
    stored = StoredFile.unscoped.select_related("key").get(pk=found)
    for viewer, sees in ((own.viewer, True), (world.base, True), (world.province, True), (world.association, True),
                         (other.viewer, False), (world.sibling, False), (world.other_province, False)):  # fmt: skip
        assert access.may_see(viewer, stored) is sees, viewer.role
    ministry = sign_in(own.client.__class__(), make_staff("ministry_reader", world.tree.ministry))
    assert ministry.get(f"/files/{found}/thumb").status_code == 200
    assert ministry.post(f"/files/{found}/reveal").status_code == 403


@pytest.mark.req("P-19")
def test_own_scan_opens_by_a_recorded_post(own):
    found = put(own)
    own.post("basic_info", id_front=found)
    assert "看清楚" in own.client.get("/my/record/").text
    answer = own.client.post(f"/files/{found}/reveal")
    assert own.client.get(answer["Location"]).status_code == 200
    assert HistoryEntry.unscoped.filter(verb="file.view", actor_role="resident").count() == 1


def test_upload_only_by_the_person_and_only_while_open(own):
    with pytest.raises(NotAllowed):
        access.upload_target(own.world.base, "photo", "")
    close_filling(own)
    with pytest.raises(Refused, match="填报已于"):
        access.upload_target(own.viewer, "photo", "")
    answer = own.send("basic_info", {"basic_info.address": "留着", "basic_info.photo__file": scan()})
    assert "填报已于" in answer.text
    assert "留着" in answer.text
