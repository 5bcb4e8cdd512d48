"""A page made of every part of the frame, shown at the served copy's address without a view of its own."""

from __future__ import annotations

from django import forms
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import Page, Route

from xinglin.ui.middleware import POLICY
from xinglin.ui.parts import Loop, Node, Step
from xinglin.ui.tests.factories import viewer

ADDRESS = "/parts-of-pages/"

CONTENT = """
{% block title %}页面部件{% endblock %}
{% block breadcrumb %}<li><a href="/">首页</a></li><li aria-current="page">页面部件</li>{% endblock %}
{% block topbar %}<h1>页面部件</h1>{% endblock %}
{% block content %}
{% if desk %}<div class="xl-head"><h1>页面部件</h1>{% tag "run" "进行中" %}{% tag "bad" "退回" %}</div>{% endif %}
<section class="xl-panel xl-pad" aria-label="环节">{% stepper steps %}</section>
<section class="xl-panel xl-pad" aria-label="流程">{% flow nodes loops %}{% ring 63 "7 天" "还剩 7 天" below="还剩" %}</section>
{% note "wait" title="填报已结束" %}请联系省级。{% endnote %}
{% empty "folder" "还没有数据" "先导入账号。" %}<a class="btn" href="/">回首页</a>{% endempty %}
<form method="post" action="/parts-of-pages/sent" class="xl-stack" id="f" novalidate data-draft-url="/parts-of-pages/draft">
{% once_token %}{% error_summary form %}<div class="xl-form">{% for bound in form %}{% field bound %}{% endfor %}
{% upload "photo" "photo" "个人照片" ratio="35/45" help="近期免冠证件照" %}</div>
<div class="xl-row xl-wrap"><span data-draft-state></span>{% action "上报" reason="填报已结束" %}{% action "保存" kind="primary" key="S" %}
{% action "删除" dialog_key="del" kind="danger-line" %}</div></form>
{% dialog "del" "删除这条记录？" %}<div class="xl-dialog-body">不能恢复。</div><div class="xl-dialog-foot">
<button class="btn" type="button" data-dialog-close>取消</button><button class="btn btn-danger" type="button">确认删除</button></div>{% enddialog %}
{% endblock %}"""


class PartsForm(forms.Form):
    """One field of each shape."""

    show_when = {"other": "kind=9"}
    comments = {"phone": "基地：少 1 位"}
    name = forms.CharField(label="姓名", help_text="与证件一致")
    phone = forms.CharField(label="手机", required=False)
    kind = forms.ChoiceField(label="人员类型", choices=[("1", "本单位人"), ("9", "其他")])
    other = forms.CharField(label="其他人员", required=False)
    cohort = forms.ChoiceField(
        label="应届/往届", widget=forms.RadioSelect, choices=[("1", "应届"), ("2", "往届")], required=False
    )
    base = forms.CharField(label="培训基地", disabled=True, initial="云汀市第一人民医院")
    agree = forms.BooleanField(label="我已核对", required=False)


def html(face: str = "base", data: dict[str, str] | None = None) -> str:
    """The page on the desk face ('base') or the phone face ('phone')."""
    request = RequestFactory().get(ADDRESS)
    request.viewer = viewer()  # type: ignore[attr-defined]
    template = engines["django"].from_string(f'{{% extends "ui/{face}.html" %}}{CONTENT}')
    words = {
        "desk": face == "base",
        "form": PartsForm(data, use_required_attribute=False),
        "steps": [
            Step("填写", "done"),
            Step("上报", "turn", "10-31 前"),
            Step("审核", "back", "退回 1 次"),
            Step("在培"),
        ],
        "nodes": [Node("填写", 52), Node("上报", 31, turn=True), Node("审核", 0)],
        "loops": [Loop("退回 {} 人", 3, 2, 4)],
    }
    return template.render(words, request)


def show(page: Page, face: str = "base", data: dict[str, str] | None = None) -> None:
    """Put the page before the browser, under the product's own policy."""

    def answer(route: Route) -> None:
        route.fulfill(
            body=html(face, data), content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY}
        )

    page.route(f"**{ADDRESS}", answer)
    page.goto(ADDRESS)
    page.wait_for_load_state("networkidle")
