"""The few addresses of the frame itself: theme colour, logo, favicon. All of them public and cacheable."""

from django.http import Http404, HttpRequest, HttpResponse
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .palette import stylesheet
from .selectors import logo_of, setting_colour


def _setting_id(version: str) -> int:
    """The setting that a versioned address names; the rest of the version only defeats caches."""
    number = version.partition("-")[0]
    if not number.isdigit():
        raise Http404
    return int(number)


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def theme(request: HttpRequest, version: str) -> HttpResponse:
    """Colours derived from the theme colour of a setting (P-14)."""
    colour = setting_colour(_setting_id(version))
    if not colour:
        raise Http404
    return HttpResponse(stylesheet(colour), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def logo(request: HttpRequest, version: str) -> HttpResponse:
    """The logo of a setting (P-14)."""
    image = logo_of(_setting_id(version))
    if image is None:
        raise Http404
    return HttpResponse(image, content_type="image/png")


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers that ask for /favicon.ico are sent to the drawing."""
    response = HttpResponse(status=302)
    response["Location"] = static("xinglin/img/logo.svg")
    return response
