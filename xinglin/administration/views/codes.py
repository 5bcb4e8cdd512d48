"""代码表: everybody at a desk reads them, the association keeps them (P-10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinglin.accounts.access import needs
from xinglin.dictionaries import actions, amendments, selectors
from xinglin.dictionaries.models import CodeEdition, CodeEntry, CodeTable
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.ui.lists.views import ListView

from ..forms.codes import EditionForm, EntryForm, GroundForm, RenameForm, RestoreForm, RetireForm
from ..tables.codes import EDIT, ENTRY_LISTS, NAV, keeper

SHOWN = 200
_LISTS = {key: ListView.as_view(spec=spec) for key, spec in ENTRY_LISTS.items()}


def entries(request: HttpRequest, key: str) -> HttpResponse:
    """The entries of one table; the list asks for its right."""
    if key not in _LISTS:
        raise Http404
    answer: HttpResponse = _LISTS[key](request)
    return answer


@require_GET
@needs("codes.view")
def editions(request: HttpRequest, key: str) -> HttpResponse:
    """Source and editions of a table, what waits to be published, and who changed what."""
    table = _table(key)
    context = {
        "nav_key": NAV, "table": table, "keeper": keeper(table), "editions": list(selectors.editions(table)[:SHOWN]),
        "draft": selectors.draft_of(table), "may_edit": _viewer(request).may(EDIT),
        "off": amendments.BUILT_IN_REASON if key in amendments.BUILT_IN else "",
        "log": list(selectors.history_of(table)[:SHOWN]),
    }  # fmt: skip
    return render(request, "administration/system/code_editions.html", context)


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def add(request: HttpRequest, key: str) -> HttpResponse:
    """新增代码."""
    table = _table(key)
    known = selectors.present_entries(table)
    carry = [(code, f"{code} {entry.label}") for code, entry in known.items() if entry.usable and entry.has_facts]
    alone = [entry for entry in known.values() if entry.usable and not entry.has_facts]
    grouped = any(entry.parent_code for entry in known.values())
    form = EntryForm(request.POST or None, likes=[] if alone else carry, grouped=grouped)

    def save() -> str:
        made = actions.add_entry(key, form.wanted, form.ground, by=_viewer(request))
        return f"已新增代码 {made.code} {made.label}。"

    return _page(request, table, form, save, "新增代码", "新增")


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def rename(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """更正名称, as a new edition."""
    table, entry = _entry(key, code)
    start = {"label": entry.label, "short_label": entry.short_label, "seen": entry.label}
    form = RenameForm(request.POST or None, initial=start)

    def save() -> str:
        given = form.cleaned_data
        actions.rename_entry(
            key,
            code,
            given["label"],
            given["short_label"],
            form.ground,
            by=_viewer(request),
            seen=given["seen"] or None,
        )
        return f"代码 {code} 已改为“{given['label']}”，{given['effective_from']} 起生效。"

    lead = "代码不变，名称从生效日起改；已审核通过和已结束的记录照当时的名称显示。"
    return _page(request, table, form, save, f"更正名称：{entry.code} {entry.label}", "更正", lead)


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def retire(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """停用, from a day on, with its reason."""
    table, entry = _entry(key, code)
    form = RetireForm(request.POST or None)

    def save() -> str:
        actions.retire_entry(key, code, form.ground, by=_viewer(request))
        return f"“{entry.label}”从 {form.cleaned_data['effective_from']} 起停用。"

    lead = "停用后不能再选，导入时也不接受；原来的记录上照常显示。"
    return _page(request, table, form, save, f"停用：{entry.code} {entry.label}", "停用", lead)


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def restore(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """恢复使用, at once."""
    table, entry = _entry(key, code)
    form = RestoreForm(request.POST or None)

    def save() -> str:
        actions.restore_entry(key, code, form.ground, by=_viewer(request))
        return f"“{entry.label}”已恢复使用。"

    lead = f"现在的状态：{entry.retired_from} 起停用。" if entry.retired_from else "这个代码没有停用。"
    return _page(request, table, form, save, f"恢复使用：{entry.code} {entry.label}", "恢复使用", lead)


@require_http_methods(["GET", "POST"])
@needs(EDIT)
def new_edition(request: HttpRequest, key: str) -> HttpResponse:
    """新版本: its name and source first, its content by workbook."""
    table = _table(key)
    draft = selectors.draft_of(table)
    if request.method == "GET" and draft is not None:
        return redirect("administration:code-edition", key, draft.pk)
    form = EditionForm(request.POST or None)

    def save() -> str:
        given = form.cleaned_data
        actions.start_edition(
            key, given["name"], form.ground, retire_missing=given["retire_missing"], by=_viewer(request)
        )
        return "新版本已建好草稿，请导入工作簿，看过变化再发布。"

    lead = f"现在是 {table.edition} 版（{table.source}）。下一步导入工作簿，可以先导出现在的表来改。"
    return _page(request, table, form, save, f"{table.title}新版本", "下一步", lead)


@require_GET
@needs(EDIT)
def edition(request: HttpRequest, key: str, edition_id: int) -> HttpResponse:
    """A draft and what it would add, rename and retire; or what a published edition did."""
    return _edition_page(request, *_edition(key, edition_id))


@require_POST
@needs(EDIT)
def publish(request: HttpRequest, key: str, edition_id: int) -> HttpResponse:
    """发布."""
    table, found = _edition(key, edition_id)
    try:
        done = actions.publish_edition(found.pk, by=_viewer(request), seen=request.POST.get("seen", ""))
    except Refused as refusal:
        return _edition_page(request, table, found, refusal.message)
    messages.success(request, f"{table.title} {done.name} 版已发布：{amendments.counts_text(done.counts)}。")
    return redirect("administration:code-editions", key)


@require_POST
@needs(EDIT)
def drop(request: HttpRequest, key: str, edition_id: int) -> HttpResponse:
    """放弃 a draft."""
    table, found = _edition(key, edition_id)
    actions.drop_edition(found.pk, by=_viewer(request))
    messages.success(request, f"{found.name} 版的草稿已放弃，{table.title}没有变化。")
    return redirect("administration:code-editions", key)


def _edition_page(request: HttpRequest, table: CodeTable, found: CodeEdition, refused: str = "") -> HttpResponse:
    draft = found.state == "draft"
    context: dict[str, Any] = {"nav_key": NAV, "table": table, "edition": found, "draft": draft, "refused": refused}
    if draft:
        difference, present, rows = selectors.preview(found)
        labels = {code: entry.label for code, entry in present.items()}
        new = {row.code: row for row in rows}
        context |= {
            "rows": len(rows), "difference": difference, "seen": selectors.preview_mark(found.table, rows),
            "summary": amendments.counts_text(difference.counts), "shown": SHOWN,
            "groups": [
                ("新增", "ok", [(c, "", new[c].label) for c in difference.added[:SHOWN]], len(difference.added)),
                ("改名", "run", [(c, labels[c], new[c].label) for c in difference.renamed[:SHOWN]], len(difference.renamed)),
                ("换上级", "run",
                 [(c, present[c].parent_code or "--", new[c].parent_code) for c in difference.moved[:SHOWN]], len(difference.moved)),
                ("停用", "bad", [(c, labels[c], "") for c in difference.retired[:SHOWN]], len(difference.retired)),
                ("恢复使用", "ok", [(c, labels[c], new[c].label) for c in difference.restored[:SHOWN]], len(difference.restored)),
            ],
        }  # fmt: skip
    return render(request, "administration/system/code_edition.html", context, status=422 if refused else 200)


def _page(
    request: HttpRequest,
    table: CodeTable,
    form: GroundForm,
    save: Callable[[], str],
    title: str,
    button: str,
    lead: str = "",
) -> HttpResponse:
    """Show the form, or save and go back to the list; a refusal stands at its field and loses no input."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, save())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            to = "administration:code-edition-new" if isinstance(form, EditionForm) else "administration:code-table"
            return redirect(to, table.key)
    context = {
        "nav_key": NAV, "form": form, "title": title, "button": button, "lead": lead,
        "back": reverse("administration:code-table", args=[table.key]),
        "crumbs": [("代码表", reverse("administration:codes")), (table.title, reverse("administration:code-table", args=[table.key]))],
        "off": amendments.BUILT_IN_REASON if table.key in amendments.BUILT_IN else "",
    }  # fmt: skip
    return render(request, "administration/system/form.html", context, status=422 if form.errors else 200)


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _table(key: str) -> CodeTable:
    table = selectors.table_row(key)
    if table is None:
        raise Http404("没有这张代码表。")
    return table


def _entry(key: str, code: str) -> tuple[CodeTable, CodeEntry]:
    table = _table(key)
    entry = selectors.entries(key).filter(code=code).first()
    if entry is None:
        raise Http404("没有这个代码。")
    return table, entry


def _edition(key: str, edition_id: int) -> tuple[CodeTable, CodeEdition]:
    table = _table(key)
    found = selectors.edition_of(table, edition_id)
    if found is None:
        raise Http404("没有这个版本。")
    return table, found
