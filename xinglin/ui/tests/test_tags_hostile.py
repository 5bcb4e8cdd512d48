"""P-12, P-20, P-21: every tag of the frame with hostile text, and each of its shapes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.ui import formats
from xinglin.ui.parts import NOTE_ICONS, TAG_ICONS, Loop, Node, Step

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&{{ 1 }}{% now %}"
STILL = settings(max_examples=40, deadline=None)


def draw(text, **words):
    return Template(text).render(Context(words))


class Elements(HTMLParser):
    """What a browser makes of some HTML: elements with attributes, and the text between."""

    def __init__(self, html):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def one(self, tag):
        (attrs,) = [attrs for name, attrs in self.found if name == tag]
        return attrs


HOSTILE = {
    "icon": '{% icon "send" label=x %}',
    "icon css": '{% icon "send" css=x %}',
    "tag": '{% tag "ok" x %}',
    "tag with address": '{% tag "bad" x url=x %}',
    "turn": "{% turn x %}",
    "stepper": "{% stepper steps x %}",
    "wizard": "{% stepper steps x inline=True %}",
    "flow": "{% flow nodes loops %}",
    "ring": "{% ring 40 x x below=x tone=x %}",
    "meter": "{% meter 1 2 x x %}",
    "note": '{% note "bad" x %}{{ x }}{% endnote %}',
    "note with role": '{% note "run" x role=x %}{{ x }}{% endnote %}',
    "empty": '{% empty "folder" x x %}{{ x }}{% endempty %}',
    "dialog": "{% dialog x x %}{{ x }}{% enddialog %}",
    "action off": "{% action x reason=x %}",
    "action link": "{% action x url=x icon_name=x key=x %}",
    "action dialog": "{% action x dialog_key=x %}",
    "action named": "{% action x name=x value=x kind=x %}",
    "upload": "{% upload x x x value=x thumb=x ratio=x help=x comment=x subject=x %}",
    "upload with error": "{% upload x x x error=x %}",
    "dash": "{{ x|dash }}",
}


@pytest.mark.req("Q-12")
@pytest.mark.parametrize("what", HOSTILE)
def test_no_text_becomes_an_element_or_an_attribute(what):
    html = draw(
        HOSTILE[what],
        x=EVIL,
        steps=[Step(EVIL, "turn", EVIL, EVIL), Step(EVIL, EVIL)],
        nodes=[Node(EVIL, 1, EVIL, EVIL, EVIL, turn=True), Node(EVIL, 0, unit=EVIL)],
        loops=[Loop(EVIL, 1, 2, 3, EVIL), Loop("{}" + EVIL, 1, 2)],
    )
    page = Elements(html)
    names = {name for name, _ in page.found}
    assert not names & {"script"}
    assert "onerror" not in {key for _, attrs in page.found for key in attrs}
    assert [attrs for name, attrs in page.found if name == "img" and attrs.get("src") == "x"] == []
    assert "<script" not in html


@STILL
@given(text=st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30))
def test_a_reason_reaches_eye_and_ear_as_it_was_written(text):
    page = Elements(draw("{% action '上报' reason=x %}", x=text))
    assert page.one("button")["title"] == text
    assert page.text == f"上报{text}"


@pytest.mark.req("P-21")
@pytest.mark.parametrize("other", ['url="/go"', 'dialog_key="d"', 'name="act" value="x"', 'key="S"'])
def test_a_reason_outweighs_everything_that_a_button_could_do(other):
    page = Elements(draw("{% action '上报' reason='窗口 2026-10-31 已结束' " + other + " %}"))
    button = page.one("button")
    assert button["type"] == "button"
    assert button["aria-disabled"] == "true"
    assert "disabled" not in button, "it keeps the focus, so that the reason can be read"
    assert not {"name", "data-dialog", "data-key", "formaction"} & set(button)
    assert "a" not in {name for name, _ in page.found}


@pytest.mark.parametrize(
    ("words", "element", "attributes"),
    [
        ("", "button", {"type": "submit", "class": "btn"}),
        ('kind="primary"', "button", {"class": "btn btn-primary"}),
        ('name="act" value="save"', "button", {"name": "act", "value": "save"}),
        ('url="/a?b=1&c=2"', "a", {"href": "/a?b=1&c=2"}),
        ('dialog_key="away"', "button", {"type": "button", "data-dialog": "away"}),
        ('url="/a" key="N"', "a", {"data-key": "n", "aria-keyshortcuts": "N"}),
        ('key="A"', "button", {"data-key": "a", "aria-keyshortcuts": "A"}),
    ],
)
def test_what_a_button_is(words, element, attributes):
    found = Elements(draw("{% action '做' " + words + " %}")).one(element)
    assert attributes.items() <= found.items()


@pytest.mark.req("P-23")
def test_save_and_submit_are_different_buttons_with_different_names():
    html = draw(
        '{% action "保存草稿" name="act" value="draft" %}{% action "上报" kind="primary" name="act" value="send" %}'
    )
    buttons = [attrs for name, attrs in Elements(html).found if name == "button"]
    assert [attrs["value"] for attrs in buttons] == ["draft", "send"]
    assert [attrs["class"] for attrs in buttons] == ["btn", "btn btn-primary"]


@pytest.mark.parametrize("state", TAG_ICONS)
def test_each_state_has_colour_picture_and_word(state):
    html = draw("{% tag state '待审核' %}", state=state)
    assert f"xl-tag-{state}" in html
    assert f"#i-{TAG_ICONS[state]}" in html
    assert Elements(html).text == "待审核"


@pytest.mark.parametrize("tone", NOTE_ICONS)
def test_only_what_is_bad_interrupts_a_screen_reader(tone):
    html = draw("{% note tone '标题' %}内容{% endnote %}", tone=tone)
    assert ('role="alert"' in html) is (tone == "bad")
    assert ('role="status"' in html) is (tone != "bad")
    assert f"#i-{NOTE_ICONS[tone]}" in html
    assert Elements(html).text == "标题内容"


def test_a_note_without_title_or_without_words():
    assert "<b>" not in draw('{% note "ok" %}好{% endnote %}')
    assert "xl-small" not in draw('{% note "ok" "好" %}  {% endnote %}')


@pytest.mark.parametrize(
    ("state", "css", "current", "inside"),
    [
        ("", "", False, "1"),
        ("done", "done", False, "i-check"),
        ("now", "now", True, "1"),
        ("turn", "turn", True, "1"),
        ("back", "back", False, "i-arrow-back-up"),
    ],
)
def test_a_step_shows_its_state(state, css, current, inside):
    html = draw("{% stepper steps %}", steps=[Step("上报", state, "10-31 前")])
    attrs = Elements(html).one("li")
    assert attrs.get("class", "") == css
    assert (attrs.get("aria-current") == "step") is current
    assert inside in html
    assert ("轮到您" in html) is (state == "turn")
    assert "10-31 前" in html


def test_a_wizard_leads_back_to_steps_that_have_an_address():
    page = Elements(
        draw("{% stepper steps '步骤' inline=True %}", steps=[Step("一", "done", url="/1"), Step("二", "now")])
    )
    assert page.one("ol") == {"class": "xl-steps xl-steps-in", "aria-label": "步骤"}
    assert page.one("a") == {"href": "/1"}


@pytest.mark.req("P-12")
@pytest.mark.parametrize(
    ("node", "element", "css"),
    [
        (Node("填写", 3, "/f"), "a", "xl-node"),
        (Node("填写", 0, "/f"), "a", "xl-node xl-node-zero"),
        (Node("填写", 0, turn=True), "div", "xl-node xl-node-turn"),
        (Node("填写", 12_345), "div", "xl-node"),
    ],
)
def test_a_box_of_the_flow(node, element, css):
    html = draw("{% flow nodes %}", nodes=[node])
    assert Elements(html).one(element)["class"] == css
    assert f'<span class="n">{node.count:,}<small>人</small>' in html
    assert "xl-loops" not in html


@pytest.mark.req("P-12")
@pytest.mark.parametrize(
    ("loop", "placed", "before", "after"),
    [
        (Loop("退回 {} 人", 3, 1), "xl-loop-1 xl-loop-to-3", "退回 ", " 人"),
        (Loop("退回", 2, 4), "xl-loop-2 xl-loop-to-4", "退回", ""),
        (Loop("{} 人退培", 2, 2), "xl-loop-2 xl-loop-to-2", "", " 人退培"),
        (Loop("{}{}", 1, 2), "xl-loop-1 xl-loop-to-2", "", "{}"),
    ],
)
def test_a_way_back_lies_under_its_boxes(loop, placed, before, after):
    assert (loop.placed, loop.before, loop.after) == (placed, before, after)


@pytest.mark.parametrize(
    ("value", "filled"), [(-5, None), (0, None), (0.4, None), (0.6, 1), (63.4, 63), (99.6, 100), (100, 100), (250, 100)]
)
def test_a_ring_is_filled_between_nothing_and_all(value, filled):
    html = draw("{% ring value '7 天' '还剩 7 天' %}", value=value)
    assert re.findall(r'stroke-dasharray="(\d+) 100"', html) == ([] if filled is None else [str(filled)])
    assert 'role="img" aria-label="还剩 7 天"' in html


@STILL
@given(size=st.integers(24, 400), value=st.floats(0, 100))
def test_a_ring_stays_within_its_box(size, value):
    html = draw("{% ring value 'x' 'y' size=size %}", value=value, size=size)
    radius, width = float(re.search(r' r="([\d.]+)"', html)[1]), int(re.search(r'stroke-width="(\d+)"', html)[1])
    assert radius + width / 2 == pytest.approx(size / 2, abs=0.01)
    assert radius > 0


@pytest.mark.parametrize(
    ("value", "most", "shown"), [(0, 10, "10"), (3, 10, "10"), (10, 10, "10"), (0, 0, "1"), (5, 0, "1")]
)
def test_a_meter_never_has_an_end_of_nothing(value, most, shown):
    page = Elements(draw("{% meter value most '进度' 'wait' %}", value=value, most=most))
    assert page.one("progress") == {
        "class": "xl-meter xl-meter-wait", "value": str(value), "max": shown, "aria-label": "进度",
    }  # fmt: skip
    assert page.text == f"{value}/{most}"


def test_each_form_gets_a_token_of_its_own():
    tokens = [Elements(draw("{% once_token %}")).one("input")["value"] for _ in range(20)]
    assert len(set(tokens)) == 20
    assert all(re.fullmatch(r"[\w-]{24}", token) for token in tokens)


def test_a_dialog_is_named_by_its_title_and_can_be_closed():
    page = Elements(draw("{% dialog 'away' '删除这条记录？' wide=True %}<p>内容</p>{% enddialog %}"))
    dialog, title = page.one("dialog"), page.one("h2")
    assert dialog["aria-labelledby"] == title["id"] == "dialog-away-t"
    assert dialog["class"] == "xl-dialog xl-dialog-wide"
    assert page.one("button")["aria-label"] == "关闭"


@pytest.mark.parametrize("picture", ["folder", "search", "broken", "hospital", "lock", "door"])
@pytest.mark.parametrize("level", [1, 2])
def test_every_picture_of_an_empty_state_exists_and_its_heading_has_its_level(picture, level):
    html = draw("{% empty picture '还没有' level=level %}{% endempty %}", picture=picture, level=level)
    assert f'<h{level} class="xl-h2">还没有</h{level}>' in html
    assert "<svg" in html
    assert "xl-row" not in html, "without a way on there is no empty row"


@pytest.mark.req("P-18")
def test_a_picture_that_cannot_be_changed_offers_no_way_to_change_it():
    html = draw('{% upload "photo" "person.photo" "照片" thumb="/t/1" value="9" readonly=True ratio="35/45" %}')
    inputs = [attrs for name, attrs in Elements(html).found if name == "input"]
    assert [attrs["type"] for attrs in inputs] == ["hidden"]
    assert 'alt="照片（已上传）"' in html


MISSING = {"dash": "--", "yes_no": "--", "day": "--", "moment": "--", "thousands": "--"}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_missing_is_two_dashes(name):
    assert draw("{{ x|" + name + " }}", x=None) == "--"


@pytest.mark.parametrize(("value", "shown"), [("", "--"), (0, "0"), (False, "False"), (" ", " "), ("--", "--")])
def test_nothing_but_nothing_is_a_dash(value, shown):
    assert str(formats.dash(value)) == shown


@pytest.mark.parametrize(("value", "shown"), [(0, "0"), (999, "999"), (1000, "1,000"), (-1765, "-1,765"), (10**9, "1,000,000,000")])  # fmt: skip
def test_thousands(value, shown):
    assert formats.thousands(value) == shown


@pytest.mark.req("P-20")
@STILL
@given(moment=st.datetimes(datetime(1992, 1, 1), datetime(2200, 1, 1)))
def test_moments_are_eight_hours_ahead_of_greenwich(moment):
    told = moment + timedelta(hours=8)
    shown = formats.moment(moment.replace(tzinfo=UTC))
    assert shown == told.isoformat(" ", "seconds")
    assert formats.day(moment.replace(tzinfo=UTC)) == shown[:10]


@pytest.mark.req("P-20")
@given(day=st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_a_day_is_shown_as_itself(day):
    assert formats.day(day) == day.isoformat()
