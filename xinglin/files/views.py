"""Uploading, showing and revealing files. Foreign and unknown files are 404 alike; every answer is no-store."""

from __future__ import annotations

import logging
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from xinglin.accounts.access import signed_in
from xinglin.files import access, actions, addresses, selectors
from xinglin.files.enums import FileKind
from xinglin.files.models import StoredFile
from xinglin.files.rendering import Crop
from xinglin.files.responses import file_response
from xinglin.files.sniffing import BadUpload
from xinglin.kernel.errors import DomainError
from xinglin.vault.cipher import Damaged, KeyDestroyed

logger = logging.getLogger("xinglin.files")

LOST = "这个文件暂时打不开，请联系技术支持，并告知文件编号 {id}。"


@signed_in
@require_GET
def show(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """A photo, or an attachment as download. A scan opens only by `reveal`."""
    stored = _visible(request, file_id)
    if stored.kind == FileKind.SCAN:
        raise Http404
    return _bytes(stored)


@signed_in
@require_GET
def thumb(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The thumbnail; a scan's is veiled, so it may stand in a list."""
    stored = _visible(request, file_id)
    if not stored.thumb_name:
        raise Http404
    return _bytes(stored, small=True)


@signed_in
@require_POST
def reveal(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Record that the viewer sees the scan, then give an address that works for a minute (P-19, P-22).

    htmx gets the picture element, a JSON client `{"url", "seconds"}`, a plain form a redirect.
    """
    stored = _visible(request, file_id)
    url = actions.reveal(stored, by=request.viewer)  # type: ignore[attr-defined]
    if request.headers.get("HX-Request"):
        label = access.purpose_of(stored.purpose).label
        response = render(request, "files/revealed.html", {"url": url, "stored": stored, "label": label})
    elif _wants_json(request):
        response = JsonResponse({"url": url, "seconds": addresses.SECONDS})
    else:
        response = HttpResponseRedirect(url)
    response["Cache-Control"] = "private, no-store"
    return response


@signed_in
@require_GET
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The scan behind a short-lived address."""
    file_id = addresses.file_of(token, request.viewer)  # type: ignore[attr-defined]
    if file_id is None:
        raise Http404
    stored = _visible(request, file_id)
    if not access.may_reveal(request.viewer, stored):  # type: ignore[attr-defined]
        raise Http404
    return _bytes(stored)


@signed_in
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Store a picture for a purpose: fields `file`, `purpose`, `subject` (default: one's own), `crop` (`x,y,w,h`, 0 to 1).

    Answers `{"id", "thumb", "width", "height", "remarks"}`, or 422 `{"error"}`; htmx gets the fragment.
    """
    try:
        stored, remarks = _store(request)
    except DomainError as error:
        return _refused(request, error)
    thumb_url = reverse("files:thumb", args=[stored.id])
    if request.headers.get("HX-Request"):
        return render(request, "files/uploaded.html", {"stored": stored, "thumb": thumb_url, "remarks": remarks})
    answer = {"id": str(stored.id), "thumb": thumb_url, "width": stored.width, "height": stored.height}
    return JsonResponse({**answer, "remarks": remarks}, status=201)


def _store(request: HttpRequest) -> tuple[StoredFile, list[str]]:
    viewer = request.viewer  # type: ignore[attr-defined]
    slug = request.POST.get("purpose", "")
    try:
        target = access.upload_target(viewer, slug, request.POST.get("subject", ""))
    except KeyError as error:
        raise BadUpload("不认识的上传位置，请刷新页面后重试。") from error
    file = request.FILES.get("file")
    if file is None:
        raise BadUpload("没有收到文件，请重新选择。")
    picture = actions.render_image(file, purpose=slug, crop=_crop(request))
    stored = actions.store_images([actions.Rendered(picture, slug, target)], by=viewer)[0]
    return stored, [remark.message for remark in picture.remarks]


def _crop(request: HttpRequest) -> Crop | None:
    text = request.POST.get("crop", "").strip()
    if not text:
        return None
    try:
        left, top, width, height = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadUpload("裁切框不正确，请重新裁切。") from error
    return left, top, width, height


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "files/refused.html", {"message": error.message}, status=error.status)
    return JsonResponse({"error": error.message}, status=error.status)


def _visible(request: HttpRequest, file_id: UUID) -> StoredFile:
    stored = selectors.visible(request.viewer, file_id)  # type: ignore[attr-defined]
    if stored is None:
        raise Http404
    return stored


def _bytes(stored: StoredFile, *, small: bool = False) -> HttpResponse:
    """The opened bytes; a file whose key was destroyed is gone, a damaged or missing one is said and logged."""
    try:
        data = actions.open_thumb(stored) if small else actions.open_(stored)
    except KeyDestroyed as error:
        raise Http404 from error
    except (FileNotFoundError, Damaged) as error:
        logger.error("file %s: %s", stored.id, type(error).__name__)
        return HttpResponse(LOST.format(id=str(stored.id)[:8]), status=500, content_type="text/plain; charset=utf-8")
    is_attachment = stored.kind == FileKind.ATTACHMENT
    name = stored.file_name if is_attachment and stored.file_name else f"{stored.purpose}.jpg"
    content_type = "image/jpeg" if small else stored.content_type
    return file_response(data, content_type, name=name, download=is_attachment and not small)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
