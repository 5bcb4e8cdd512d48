"""Parts of pages, and the pages drawn from them: nothing inline, everything named (P-12, P-20, P-21)."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.template.loader import render_to_string

import xinglin.ui
from xinglin.ui.navigation import MenuItem
from xinglin.ui.parts import Loop, Node, Step

from .factories import menu, request, viewer

pytestmark = pytest.mark.django_db
HERE = Path(xinglin.ui.__file__).parent
SPRITE = (HERE / "static/xinglin/icons.svg").read_text()


def draw(text: str, **words: Any) -> str:
    return Template(text).render(Context(words))


def page(template: str, as_: Any = None, **words: Any) -> str:
    return render_to_string(template, words, request=request("/codes/sex", as_=as_))


def test_icon_is_silent_unless_named() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "send" %}')
    assert 'aria-label="返回"' in draw('{% icon "send" label="返回" %}')


def test_tag_has_icon_word_and_colour() -> None:
    html = draw('{% tag "wait" "待审核" %}{% tag "bad" "退回" url="/x" %}')
    assert "xl-tag-wait" in html
    assert "i-clock" in html
    assert '<a class="xl-tag xl-tag-bad" href="/x">' in html


def test_text_is_escaped_everywhere() -> None:
    bad = "<script>1</script>"
    html = draw(
        '{% tag "ok" x %}{% note "bad" x %}{{ x }}{% endnote %}{% empty "folder" x x %}{% endempty %}'
        "{% action x %}{% action x reason=x %}{% dialog 'k' x %}{{ x }}{% enddialog %}{% ring 1 x x %}{% meter 1 2 x %}",
        x=bad,
    )
    assert bad not in html
    assert "&lt;script&gt;" in html


@pytest.mark.req("P-21")
def test_disabled_action_says_why_and_keeps_the_focus() -> None:
    html = draw('{% action "上报" kind="primary" reason="填报 10-31 已结束" %}')
    assert 'aria-disabled="true"' in html
    assert 'type="button"' in html
    assert ">填报 10-31 已结束<" in html


def test_actions_lead_open_or_send() -> None:
    assert '<a class="btn" href="/x">' in draw('{% action "看" url="/x" %}')
    assert 'data-dialog="del"' in draw('{% action "删除" dialog_key="del" %}')
    assert 'name="act" value="draft"' in draw('{% action "保存" name="act" value="draft" %}')
    assert 'aria-keyshortcuts="A"' in draw('{% action "通过" key="A" %}')


def test_stepper_marks_where_it_stands() -> None:
    html = draw(
        "{% stepper steps %}",
        steps=[Step("填写", "done"), Step("上报", "turn", "10-31 前"), Step("审核", "back"), Step("在培")],
    )
    assert html.count('aria-current="step"') == 1
    assert "轮到您" in html
    assert "10-31 前" in html


@pytest.mark.req("P-12")
def test_flow_shows_counts_turns_and_ways_back() -> None:
    nodes = [Node("填写", 1234, "/f"), Node("上报", 31, "/r", turn=True), Node("审核", 0)]
    html = draw("{% flow nodes loops %}", nodes=nodes, loops=[Loop("退回 {} 人，待修改", 2, 1, 4, "/b")])
    assert "1,234" in html
    assert "xl-node-turn" in html
    assert "xl-node-zero" in html
    assert "xl-loop-1 xl-loop-to-2" in html
    assert "待修改" in html


def test_ring_and_meter_need_no_inline_width() -> None:
    html = draw('{% ring 63 "7 天" "还剩 7 天" below="还剩" tone="wait" %}{% meter 3 10 "进度" %}')
    assert 'stroke-dasharray="63 100"' in html
    assert 'value="3" max="10"' in html
    assert "style=" not in html


@pytest.mark.req("P-20")
def test_dates_and_missing_values() -> None:
    words = {"d": date(2026, 11, 20), "t": datetime(2026, 11, 20, 9, 54, 4, tzinfo=UTC), "n": None}
    html = draw("{{ d|day }} {{ t|day }} {{ t|moment }} {{ n|day }} {{ n|moment }} {{ n|dash }} {{ 0|dash }}", **words)
    assert html == "2026-11-20 2026-11-20 2026-11-20 17:54:04 -- -- -- 0"
    assert draw("{{ n|yes_no }}{{ t|yes_no }}{{ k|thousands }}", n=None, t=True, k=12345) == "--是12,345"


def test_shell_names_the_viewer_and_leads_out() -> None:
    entry = MenuItem("a", "代码表", "table", url_name="ui:codes", url_args={"table": "sex"})
    with menu(entry):
        html = page("ui/base.html", viewer())
    for words in ("方景行", "云汀市第一人民医院", "基地管理员", "西医", "修改密码", "切换身份", "退出", "跳到主要内容"):
        assert words in html
    assert 'aria-current="page" title="代码表"' in html


def test_phone_has_tabs() -> None:
    with menu(
        MenuItem("p", "首页", "home", url_name="ui:codes", url_args={"table": "sex"}, face="phone", count=lambda v: 2)
    ):
        html = page("ui/phone.html", viewer())
    assert 'class="xl-tabbar"' in html
    assert "xl-badge" in html


PAGES = [
    "ui/base.html",
    "ui/phone.html",
    "ui/plain.html",
    "ui/card.html",
    "400.html",
    "403.html",
    "404.html",
    "500.html",
    "503.html",
]


@pytest.mark.parametrize("template", PAGES)
def test_pages_keep_the_content_security_policy(template: str) -> None:
    html = page(template, viewer())
    assert "style=" not in html
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert "<style" not in html


@pytest.mark.parametrize("template", PAGES)
def test_static_files_of_a_page_exist_and_are_small(template: str) -> None:
    html = page(template, viewer())
    names = set(re.findall(rf'(?:href|src)="{settings.STATIC_URL}([^"#]+)', html))
    found = {name: finders.find(name) for name in names}
    assert [name for name, place in found.items() if place is None] == []


def test_every_icon_that_templates_name_is_in_the_sprite() -> None:
    wanted = {
        name
        for template in HERE.parent.rglob("templates/**/*.html")
        for name in re.findall(r"{% icon ['\"]([a-z0-9-]+)['\"]", template.read_text())
    }
    assert sorted(name for name in wanted if f'id="i-{name}"' not in SPRITE) == []


def test_first_load_stays_under_300_kib() -> None:
    html = page("ui/base.html", viewer())
    names = set(re.findall(rf'(?:href|src)="{settings.STATIC_URL}([^"#]+)', html)) | {"xinglin/icons.svg"}
    files = [Path(str(finders.find(name))) for name in names] + list((HERE / "static/xinglin/js").glob("*.js"))
    total = len(gzip.compress(html.encode())) + sum(len(gzip.compress(file.read_bytes())) for file in set(files))
    assert total < 200 * 1024
