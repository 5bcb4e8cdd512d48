"""The few addresses of the frame itself: theme colour, logo, favicon. All of them public and cacheable."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from xinglin.accounts.access import public, while_confined
from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel.numbers import whole

from .palette import stylesheet
from .selectors import logo_of, setting_colour


def _setting_id(version: str) -> int:
    """The setting that a versioned address names; the rest of the version only defeats caches."""
    number = whole(version.partition("-")[0])
    if number is None:
        raise Http404
    return number


@public
@while_confined
@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def theme(request: HttpRequest, version: str) -> HttpResponse:
    """Colours derived from the theme colour of a setting (P-14)."""
    colour = setting_colour(_setting_id(version))
    if not colour:
        raise Http404
    return HttpResponse(stylesheet(colour), content_type="text/css; charset=utf-8")


@public
@while_confined
@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def logo(request: HttpRequest, version: str) -> HttpResponse:
    """The logo of a setting (P-14)."""
    image = logo_of(_setting_id(version))
    if image is None:
        raise Http404
    return HttpResponse(image, content_type="image/png")


@public
@while_confined
@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers that ask for /favicon.ico are sent to the drawing."""
    response = HttpResponse(status=302)
    response["Location"] = static("xinglin/img/logo.svg")
    return response


def _version_of(_request: HttpRequest, table: str) -> str | None:
    """The tag under which a browser keeps a table: its version and the day, as codes come and go by the day."""
    try:
        found = dictionaries.table(table)
    except dictionaries.UnknownTable:
        return None
    return f'"{found.version}-{found.day}"'


@require_safe
@cache_control(no_cache=True)
@condition(etag_func=_version_of)
def codes(request: HttpRequest, table: str) -> HttpResponse:
    """One level of a code table for linked lists: ``?under=`` a code gives its children; ``?path=`` a code its ancestors."""
    try:
        if "path" in request.GET:
            return JsonResponse({"path": _path(table, request.GET["path"])})
        children = dictionaries.children(table, request.GET.get("under", ""))
    except dictionaries.UnknownTable as error:
        raise Http404 from error
    return JsonResponse({"codes": [[entry.code, entry.short_label or entry.label] for entry in children]})


def _path(table: str, code: str) -> list[str]:
    """The code with its ancestors, topmost first; empty for an unknown code."""
    path: list[str] = []
    while code and code not in path:
        entry = dictionaries.entry(table, code)
        if entry is None:
            break
        path.insert(0, code)
        code = dictionaries.parent_of(table, entry)
    return path
