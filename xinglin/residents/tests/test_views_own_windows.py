"""The same step open in two windows: nobody's later save puts an older value back (R-05, R-19)."""

import re
from html import unescape

import pytest

from xinglin.kernel.errors import Stale
from xinglin.residents.actions.personal import save_personal
from xinglin.residents.tests.own import make_own
from xinglin.residents.tests.test_own_remarks import stored
from xinglin.residents.views import own_section

pytestmark = [pytest.mark.django_db, pytest.mark.req("R-19")]


@pytest.fixture
def own():
    return make_own()


def opened(own, section="basic_info"):
    """What a window carries that was opened now."""
    return seen_in(own.get(section))


def seen_in(page):
    return unescape(re.search(r'name="seen" value="([^"]*)"', page.text)[1])


def window(own, section="basic_info", **values):
    """What a window sends: everything it was opened with, and what was typed in it."""
    keys = [f"{section}.{name.replace('__', '.')}" for name in values]
    return {"seen": opened(own, section), **dict(zip(keys, values.values(), strict=True))}


def test_what_was_not_touched_keeps_what_another_window_saved(own):
    other = window(own, ethnic_group="", emergency_name="", address="", phone=own.content["basic_info.phone"])
    own.post("basic_info", ethnic_group="04", emergency_name="扎西", address="")
    answer = own.send("basic_info", other | {"basic_info.address": "青屏市示范路 8 号"})
    assert answer.status_code == 302
    saved = own.content
    assert saved["basic_info.address"] == "青屏市示范路 8 号"
    assert (saved["basic_info.ethnic_group"], saved["basic_info.emergency_name"]) == ("04", "扎西")


def test_what_both_windows_changed_is_shown_with_both_values_and_saved_when_sent_again(own):
    other = window(own, address="", emergency_name="")
    own.post("basic_info", address="甲路 1 号", emergency_name="扎西")
    answer = own.send("basic_info", other | {"basic_info.address": "乙路 2 号"})
    assert answer.status_code == 409
    assert "现在保存的是：甲路 1 号" in answer.text
    assert 'value="乙路 2 号"' in answer.text and 'value="扎西"' in answer.text
    assert "别的窗口保存过同样的项目：通讯地址" in answer.text
    assert own.content["basic_info.address"] == "甲路 1 号"
    again = {"basic_info.address": "乙路 2 号", "basic_info.emergency_name": "扎西", "seen": seen_in(answer)}
    assert own.send("basic_info", again).status_code == 302
    assert own.content["basic_info.address"] == "乙路 2 号"


def test_the_same_change_in_both_windows_is_no_conflict(own):
    other = window(own, address="", nationality="中国香港") | {"basic_info.address": "甲路 1 号"}
    own.post("basic_info", address="甲路 1 号", nationality="中国香港")
    assert own.send("basic_info", other).status_code == 302
    assert own.content["basic_info.nationality"] == "HKG"


def test_a_code_that_is_sent_in_words_counts_as_untouched(own):
    own.post("basic_info", nationality="中国香港")
    other = window(own, nationality="中国香港", address="")
    own.post("basic_info", nationality="中国澳门")
    assert own.send("basic_info", other | {"basic_info.address": "丙路 3 号"}).status_code == 302
    assert own.content["basic_info.nationality"] == "MAC"


def test_levels_of_education_are_kept_apart(own):
    other = window(own, "education", bachelor__applies="", master__applies="")
    own.post("education", bachelor__applies="1", bachelor__school="澜江医学院")
    answer = own.send("education", other | {"education.master.applies": "1", "education.master.school": "青屏大学"})
    assert answer.status_code == 302
    assert own.content["education.bachelor.school"] == "澜江医学院"
    assert own.content["education.master.school"] == "青屏大学"


def test_a_level_struck_out_elsewhere_does_not_swallow_what_is_typed_in_it(own):
    own.post("education", bachelor__applies="1", bachelor__school="澜江医学院")
    other = window(own, "education", bachelor__applies="1", bachelor__school="澜江医学院", bachelor__major="")
    own.post("education", bachelor__applies="0")
    answer = own.send("education", other | {"education.bachelor.major": "临床医学"})
    assert answer.status_code == 409
    assert "是否本科" in answer.text and "临床医学" in answer.text


def test_a_level_struck_out_here_does_not_empty_what_was_saved_elsewhere(own):
    own.post("education", bachelor__applies="1")
    other = window(own, "education", bachelor__applies="0")
    own.post("education", bachelor__applies="1", bachelor__school="澜江医学院")
    answer = own.send("education", other)
    assert answer.status_code == 409
    assert "现在保存的是：澜江医学院" in answer.text
    assert own.content["education.bachelor.school"] == "澜江医学院"


def test_the_third_step_is_kept_too(own):
    other = window(own, "qualifications", status="", foreign_language_level="")
    own.post("qualifications", status="not_taken")
    own.send("qualifications", other)
    assert own.content["qualifications.status"] == "not_taken"


def test_an_older_picture_is_not_put_back(own):
    first, second = (str(stored(own.enrollment, "photo", own.viewer)) for _ in range(2))
    own.post("basic_info", photo=first)
    other = window(own, photo=first, address="")
    own.post("basic_info", photo=second)
    own.send("basic_info", other | {"basic_info.address": "丁路 4 号"})
    assert own.content["basic_info.photo"] == second


@pytest.mark.req("P-23")
def test_a_draft_on_older_values_does_not_put_them_back(own):
    other = window(own, ethnic_group="", address="", emergency_name="")
    own.post("basic_info", ethnic_group="04", address="甲路 1 号")
    sent = other | {"basic_info.emergency_name": "扎西", "basic_info.address": "乙路 2 号"}
    own.client.post("/my/record/basic_info/draft", sent)
    page = own.get()
    assert re.search(r'value="04"[^>]*selected', page.text)
    assert 'value="扎西"' in page.text and 'value="乙路 2 号"' in page.text
    assert "现在保存的是：甲路 1 号" in page.text
    assert "草稿之后，别的窗口保存过同样的项目：通讯地址" in page.text


def test_a_refused_form_carries_what_is_saved_now(own):
    other = window(own, ethnic_group="", phone="")
    own.post("basic_info", ethnic_group="04")
    refused = own.send("basic_info", other | {"basic_info.phone": "12"})
    assert refused.status_code == 422
    assert re.search(r'value="04"[^>]*selected', refused.text)
    assert seen_in(refused) == opened(own)


def test_a_save_between_comparing_and_writing_is_noticed(own):
    before = own.content
    own.post("basic_info", address="甲路 1 号")
    with pytest.raises(Stale):
        save_personal("basic_info", {"basic_info.address": "乙路 2 号"}, by=own.viewer, seen=before)
    assert own.content["basic_info.address"] == "甲路 1 号"


def test_a_save_in_the_same_instant_is_compared_once_more(own, monkeypatch):
    other = window(own, ethnic_group="", address="")
    compare = own_section._changes

    def slower(form):
        monkeypatch.setattr(own_section, "_changes", compare)
        save_personal("basic_info", {"basic_info.ethnic_group": "04"}, by=own.viewer)
        return compare(form)

    monkeypatch.setattr(own_section, "_changes", slower)
    assert own.send("basic_info", other | {"basic_info.address": "乙路 2 号"}).status_code == 302
    assert (own.content["basic_info.ethnic_group"], own.content["basic_info.address"]) == ("04", "乙路 2 号")
