"""What the small forms of a list do: set conditions, columns, row height, page size, jump to a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, QueryDict

from xinglin.kernel.numbers import whole

from . import actions, numbers, pages, preferences
from . import state as states
from .parts import BatchResult
from .spec import ListSpec

Answer = tuple[str, list[str]]


def _state(spec: ListSpec, request: HttpRequest) -> states.State:
    """The state of the page that the form stood on."""
    words = QueryDict(request.POST.get("state", "")[:4000].lstrip("?"))
    return states.read(spec, words, request.viewer)  # type: ignore[attr-defined]


def set_conditions(spec: ListSpec, request: HttpRequest) -> Answer:
    """Words of the address for what was typed into the bar; sort and page size stay, a typed number is hashed."""
    before = _state(spec, request)
    words, notes = QueryDict(mutable=True), []
    for item in spec.filters:
        keys = [item.name]
        if item.kind == "id_number":
            typed, note = numbers.words(item, request.POST.get(item.name, ""))
            notes += [note] if note else []
            for key, value in typed:
                words.appendlist(key, value)
            keys = [] if typed else [f"{item.name}_hash", f"{item.name}_last6"]
        elif item.kind == "date_range":
            keys = [f"{item.name}_from", f"{item.name}_to"]
        for key in keys:
            words.setlist(key, request.POST.getlist(key))
    if request.POST.get("more") == "1":
        words["more"] = "1"
    state = states.read(spec, words, request.viewer)  # type: ignore[attr-defined]
    state.sort, state.size = before.sort, before.size
    return state.query(), notes + state.conditions.notes


def set_columns(spec: ListSpec, request: HttpRequest) -> Answer:
    """Columns in the order of the form; a button moves one up or down, or goes back to the declared ones."""
    viewer, state = request.viewer, _state(spec, request)  # type: ignore[attr-defined]
    if "declared" in request.POST:
        actions.save_preference(spec, by=viewer, columns=None, fixed=None)
        return state.here(), []
    order = [name for name in dict.fromkeys(request.POST.getlist("order")) if name in spec.column_of]
    for verb, step in (("up", -1), ("down", 1)):
        name = request.POST.get(verb, "")
        if name in order:
            place = order.index(name)
            order.insert(max(place + step, 0), order.pop(place))
    shown = set(request.POST.getlist("show"))
    columns = [name for name in order if name in shown or spec.column_of[name].always]
    if not columns:
        return state.here(), ["至少要显示一列，列设置没有改变。"]
    fixed = [name for name in columns if name in set(request.POST.getlist("fix"))]
    actions.save_preference(spec, by=viewer, columns=columns, fixed=fixed)
    return state.here(), []


def set_density(spec: ListSpec, request: HttpRequest) -> Answer:
    state, wanted = _state(spec, request), request.POST.get("density", "")
    if wanted in preferences.DENSITIES:
        actions.save_preference(spec, by=request.viewer, density=wanted)  # type: ignore[attr-defined]
    return state.here(), []


def set_size(spec: ListSpec, request: HttpRequest) -> Answer:
    state, wanted = _state(spec, request), request.POST.get("size", "")
    size = whole(wanted)
    if size in preferences.SIZES:
        actions.save_preference(spec, by=request.viewer, size=size)  # type: ignore[attr-defined]
        state.size = size
    return state.query(), []


def go_to_page(spec: ListSpec, request: HttpRequest) -> Answer:
    state, wanted = _state(spec, request), request.POST.get("page", "").strip()
    if not (wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 9):
        return state.here(), ["页码应为数字。"]
    number, most = max(int(wanted), 1), pages.deepest(state.size)
    if number > most:
        return state.query(page=most), [f"最多直接跳到第 {most:,} 页，再往后请用“下一页”，或加筛选条件。"]
    return state.query(page=number), []


VERBS: dict[str, Callable[[ListSpec, HttpRequest], Answer]] = {
    "filter": set_conditions,
    "columns": set_columns,
    "density": set_density,
    "size": set_size,
    "page": go_to_page,
}
_NAMED = 5


def sentence(result: BatchResult) -> str:
    """What a batch did, with the first few that it left alone and why."""
    if not result.failed:
        return result.message
    named = "；".join(f"{who}：{why.rstrip('。')}" for who, why in list(result.failed)[:_NAMED])
    more = f"；另有 {len(result.failed) - _NAMED} 条" if len(result.failed) > _NAMED else ""
    return f"{result.message} {named}{more}。".lstrip()
