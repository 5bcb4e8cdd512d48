"""平台设置: own settings of the installation and of a province, what stands above, preview, contrast, logo (P-14)."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from xinglin.accounts.tests.factories import make_staff, make_tree, sign_in, viewer_of
from xinglin.administration.forms.site import WORDS, SiteForm
from xinglin.history.models import HistoryEntry
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer
from xinglin.ui import palette, selectors
from xinglin.ui.actions import refuse_pale, set_site, small_png
from xinglin.ui.models import SiteSetting
from xinglin.ui.selectors import Site

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-14")]
ADDRESS = "/administration/site/"


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    selectors.forget_site()
    yield
    selectors.forget_site()


@pytest.fixture
def tree() -> Any:
    return make_tree()


@pytest.fixture
def whole(tree: Any) -> Client:
    return sign_in(Client(), make_staff("association_admin", tree.association))


@pytest.fixture
def province(tree: Any) -> Client:
    return sign_in(Client(), make_staff("province_admin", tree.province))


def words(**over: str) -> dict[str, str]:
    return dict.fromkeys(WORDS, "") | over


def png(size: tuple[int, int] = (300, 150)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#336699").save(out, "PNG")
    return out.getvalue()


def test_the_association_sets_the_installation(whole, tree):
    assert "空着沿用产品：杏林" in whole.get(ADDRESS).text
    answer = whole.post(
        ADDRESS, words(name="某某平台", phone="16000000001", mail="a@example.cn") | {"do": "save"}, follow=True
    )
    assert "平台设置已保存" in answer.text and "16000000001" in answer.text
    row = SiteSetting.objects.get()
    assert (row.province_id, row.name, row.mail) == (None, "某某平台", "a@example.cn")
    log = whole.get(ADDRESS).text
    assert "修改记录" in log and "某某平台" in log
    assert "某某平台" in Client().get(reverse("accounts:sign-in")).text


def test_a_province_stands_before_the_country_and_falls_back_to_it(whole, province, tree):
    whole.post(ADDRESS, words(name="全国平台", phone="16000000001") | {"do": "save"})
    page = province.get(ADDRESS).text
    assert "空着沿用全国：16000000001" in page and "空着沿用全国：全国平台" in page
    province.post(ADDRESS, words(phone="16000000002") | {"do": "save"})
    mine = SiteSetting.objects.get(province_id=tree.province.pk)
    assert (mine.name, mine.phone) == ("", "16000000002")
    assert SiteSetting.objects.get(province_id=None).phone == "16000000001"
    base = sign_in(Client(), make_staff("base_admin", tree.base)).get("/residents-home/").text
    assert "16000000002" in base and "全国平台" in base
    foreign = sign_in(Client(), make_staff("base_admin", tree.foreign_base)).get("/residents-home/").text
    assert "16000000001" in foreign and "16000000002" not in foreign


def test_another_process_reads_a_setting_anew_after_the_writers_own_change(whole):
    assert selectors.site_for(None).name == "杏林"
    stale = dict(selectors._kept)
    whole.post(ADDRESS, words(name="新名字") | {"do": "save"})
    selectors._kept.update(stale)  # as another process still has it
    assert "新名字" in whole.get(ADDRESS).text
    assert selectors.last_known_site() is not None


@pytest.mark.parametrize(
    ("role", "place", "target"),
    [
        ("association_admin", "association", "province"), ("province_admin", "province", None),
        ("province_admin", "province", "other_province"), ("base_admin", "base", None),
        ("province_reviewer", "province", "province"), ("ministry_reader", "ministry", None),
    ],
)  # fmt: skip
def test_nobody_sets_what_is_anothers(tree, role, place, target):
    by = viewer_of(make_staff(role, getattr(tree, place)))
    with pytest.raises(NotAllowed):
        set_site(by=by, province_id=getattr(tree, target).pk if target else None, name="x")
    assert not SiteSetting.objects.exists()


@pytest.mark.parametrize("colour", ["#ffffff", "#ffee00", "#7fd1c8", "#ff8800"])
def test_a_pale_colour_is_refused_with_a_darker_one_named(whole, colour):
    answer = whole.post(ADDRESS, words(theme_colour=colour, name="没丢") | {"do": "save"})
    assert answer.status_code == 422 and "对比度" in answer.text and "没丢" in answer.text
    assert not SiteSetting.objects.exists()
    with pytest.raises(Refused) as refusal:
        refuse_pale(colour)
    better = refusal.value.message.rsplit("的 ", 1)[1].rstrip("。")
    assert refusal.value.field == "theme_colour" and palette.contrast(better, palette.WHITE) >= palette.AA
    refuse_pale(better)


@pytest.mark.parametrize("colour", ["", "#0e625d", "#7A1FA2", "#000000"])
def test_a_readable_colour_passes(whole, colour):
    assert whole.post(ADDRESS, words(theme_colour=colour) | {"do": "save"}).status_code == 302
    assert SiteSetting.objects.get().theme_colour == colour.lower()


@pytest.mark.parametrize(
    ("over", "said"),
    [({"mail": "kein"}, "电子邮件|邮箱"), ({"name": "长" * 51}, "50"), ({"theme_colour": "teal"}, "#0e625d")],
)
def test_odd_words_stand_at_their_field(whole, over, said):
    answer = whole.post(ADDRESS, words(**over) | {"do": "save"})
    assert answer.status_code == 422 and any(word in answer.text for word in said.split("|"))


def test_a_preview_shows_everything_and_saves_nothing(whole):
    sent = words(name="预览名", theme_colour="#7a1fa2") | {"do": "preview"}
    logo = SimpleUploadedFile("logo.png", png(), "image/png")
    page = whole.post(ADDRESS, sent | {"logo": logo})
    assert page.status_code == 200 and "还没有保存" in page.text
    sheet = reverse("administration:site-preview", args=["7a1fa2"])
    assert sheet in page.text and "预览名" in page.text and "data:image/png;base64," in page.text
    assert (
        not SiteSetting.objects.exists() and not HistoryEntry.unscoped.filter(subject_type="ui.site_setting").exists()
    )
    css = whole.get(sheet)
    assert css["Content-Type"].startswith("text/css") and "--xl-teal:#7a1fa2" in css.text
    carried = page.context["preview"]["logo"]
    whole.post(ADDRESS, words(name="预览名", theme_colour="#7a1fa2", kept_logo=carried) | {"do": "save"})
    assert bytes(SiteSetting.objects.get().logo) == small_png(base64.b64decode(carried))


@pytest.mark.parametrize("colour", ["7A1FA2", "teal", "12345", "1234567"])
def test_a_preview_of_nonsense_is_not_found(whole, colour):
    assert whole.get(f"/administration/site/preview-{colour}.css").status_code == 404


@pytest.mark.parametrize("data", [b"<svg/>", b"x" * 1_000_002, png((4100, 10)), png()[:200], b""])
def test_a_bad_logo_is_refused_by_its_content(whole, data):
    file = SimpleUploadedFile("logo.png", data, "image/png")
    answer = whole.post(ADDRESS, words(name="x") | {"do": "save", "logo": file})
    assert answer.status_code == 422
    assert not SiteSetting.objects.exists()


@pytest.mark.parametrize("carried", ["%%%", base64.b64encode(b"<svg/>").decode()])
def test_a_forged_carried_logo_is_refused(whole, carried):
    assert whole.post(ADDRESS, words(kept_logo=carried) | {"do": "save"}).status_code == 422


def test_a_logo_is_taken_off_again(whole):
    logo = SimpleUploadedFile("logo.png", png(), "image/png")
    whole.post(ADDRESS, words(name="x") | {"do": "save", "logo": logo})
    assert SiteSetting.objects.get().logo and "去掉现在的标志" in whole.get(ADDRESS).text
    whole.post(ADDRESS, words(name="x", remove_logo="on") | {"do": "save"})
    assert not SiteSetting.objects.get().logo


def test_without_a_logo_there_is_nothing_to_take_off():
    form = SiteForm(above=Site(), whose="产品", has_logo=False)
    assert "remove_logo" not in form.fields
    assert form.fields["phone"].help_text == "空着不显示"


def test_saving_the_same_again_leaves_no_history(whole):
    for _ in range(2):
        whole.post(ADDRESS, words(name="同名") | {"do": "save"})
    assert HistoryEntry.unscoped.filter(subject_type="ui.site_setting").count() == 1


def test_the_system_may_set_any(tree):
    set_site(by=Viewer.system("test"), province_id=tree.province.pk, phone="1")
    assert selectors.stored_setting(tree.province.pk).phone == "1"
    assert selectors.stored_setting(None) is None
