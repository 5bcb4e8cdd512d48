"""The usual route to the same list: Django's generic ListView with its paginator, a filter form and templates, on the
same rows and the same server. Run by `bench.lists` beside ours; `application` is what granian serves."""

from __future__ import annotations

import os
from typing import Any

import django

django.setup()

from django import forms  # noqa: E402
from django.contrib.auth.mixins import LoginRequiredMixin  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db.models import QuerySet  # noqa: E402
from django.template import engines  # noqa: E402
from django.template.response import TemplateResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.generic import ListView  # noqa: E402

from xinglin.dictionaries.selectors import choices  # noqa: E402
from xinglin.kernel import masks  # noqa: E402
from xinglin.residents.models import Enrollment  # noqa: E402

PATH = "/usual/"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>招收信息管理</title></head><body>
<form method="get">{{ form.as_div }}<button>查询</button></form><p>共 {{ paginator.count }} 条</p>
<table><thead><tr>{% for head in heads %}<th>{{ head }}</th>{% endfor %}</tr></thead><tbody>
{% for row in object_list %}<tr>
<td><a href="/residents/intake/{{ row.pk }}/">{{ row.person.name }}</a></td><td>{{ row.province.name }}</td>
<td>{{ row.organization.name }}</td><td>{{ row.get_correction_status_display|default:row.correction_status }}</td>
<td>{{ row.recruitment_review.report_status }}</td><td>{{ row.recruitment_review.review_status }}</td>
<td>{{ row.intake_year }}</td><td>{{ row.specialty }}</td><td>{{ row.person.sex }}</td><td>{{ row.person.id_type }}</td>
<td>{{ row.shown_number }}</td><td>{{ row.shown_phone }}</td><td>{{ row.personnel_type }}</td>
</tr>{% endfor %}</tbody></table>
<nav>{% if page_obj.has_previous %}<a href="?page={{ page_obj.previous_page_number }}">上一页</a>{% endif %}
{% for number in paginator.page_range %}{% if number < 8 %}<a href="?page={{ number }}">{{ number }}</a>{% endif %}{% endfor %}
{% if page_obj.has_next %}<a href="?page={{ page_obj.next_page_number }}">下一页</a>{% endif %}</nav></body></html>"""
HEADS = (
    "姓名", "省份", "培训基地", "基本信息退回情况", "基地上报状态", "省审核状态", "招收年份", "培训专业", "性别",
    "证件类型", "证件号码", "手机号", "人员类型",
)  # fmt: skip


class Filter(forms.Form):
    """The fields of the bar, as a form."""

    year = forms.IntegerField(required=False)
    name = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, table in (("specialty", "specialty"), ("personnel_type", "personnel_type")):
            self.fields[name] = forms.ChoiceField(choices=[("", "全部"), *choices(table)], required=False)
        self.fields["report"] = forms.CharField(required=False)


class UsualList(LoginRequiredMixin, ListView[Enrollment]):
    """Twenty rows, three filters, a part of the name, the count."""

    model, paginate_by = Enrollment, 20

    def get_queryset(self) -> QuerySet[Enrollment]:
        self.form = Filter(self.request.GET)
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        rows = Enrollment.unscoped.select_related(
            "person__key", "organization", "province", "recruitment_review", "window"
        )
        lookups = {"year": "intake_year", "specialty": "specialty", "personnel_type": "personnel_type",
                   "report": "recruitment_review__report_status", "name": "person__name__contains"}  # fmt: skip
        wanted = {lookup: asked[name] for name, lookup in lookups.items() if asked.get(name)}
        return rows.filter(lapsed_at=None, **wanted).order_by("-intake_year", "-id")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs, form=self.form, heads=HEADS)
        for row in context["object_list"]:
            row.shown_number = masks.id_number(row.person.id_number)
            row.shown_phone = masks.phone(row.person.phone)
        return context

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> TemplateResponse:
        return TemplateResponse(self.request, _template, context)


_template = engines["django"].from_string(TEMPLATE)
urlpatterns = [path("usual/", UsualList.as_view())]


def _application() -> WSGIHandler:
    from django.conf import settings

    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, MIDDLEWARE
    return WSGIHandler()


if os.environ.get("BENCH_USUAL"):
    application = _application()
