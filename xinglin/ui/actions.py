"""Writes: the settings of the site (P-14)."""

from __future__ import annotations

import io
import math

from django.core.exceptions import ValidationError
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from xinglin.files import scanning
from xinglin.files.sniffing import BadUpload
from xinglin.history.actions import Entry, record
from xinglin.history.enums import UpdateType
from xinglin.kernel import text
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.viewer import Viewer

from . import palette
from .models import SiteSetting
from .selectors import forget_site

LOGO_EDGE = 256
LOGO_MOST_BYTES = 1_000_000


def set_site(*, by: Viewer, province_id: int | None = None, logo: bytes | None = None, **words: str) -> SiteSetting:
    """Set words, theme colour or logo of the installation (``province_id`` None) or of a province.

    ``words``: fields of SiteSetting; an empty word falls back to the installation's, then to the product's.
    Raises NotAllowed for another's settings, and Refused with the field for a value that does not pass.
    """
    _require(province_id, by)
    picture = small_png(logo) if logo else logo  # the scanner may take its time: no lock is held meanwhile
    return _set_site(by, province_id, picture, words)


@transaction.atomic
def _set_site(by: Viewer, province_id: int | None, picture: bytes | None, words: dict[str, str]) -> SiteSetting:
    setting = SiteSetting.objects.select_for_update().filter(province_id=province_id).first()
    setting = setting or SiteSetting(province_id=province_id)
    before = {name: getattr(setting, name) for name in words}
    for name, word in words.items():
        setattr(setting, name, text.normalise(word) if name != "theme_colour" else word.strip().lower())
    if picture is not None:
        setting.logo = picture or None
    _check(setting)
    setting.save()
    labels = {field.name: str(field.verbose_name) for field in SiteSetting._meta.fields}
    changes = {
        labels[name]: [before[name], getattr(setting, name)] for name in words if before[name] != getattr(setting, name)
    }
    if picture is not None:
        changes["标志"] = ["", "已更换" if picture else "已去掉"]
    if changes:
        record(
            [
                Entry(
                    verb="set_site",
                    subject_type="ui.site_setting",
                    subject_id=setting.pk,
                    organization_path=by.organization_path,
                    update_type=UpdateType.CHANGED,
                    province_id=province_id,
                    changes=changes,
                )
            ],
            by=by,
        )
    transaction.on_commit(forget_site)
    return setting


def _require(province_id: int | None, by: Viewer) -> None:
    """The installation's settings are the association's, a province's its own. Raises NotAllowed."""
    if by.role == "system":
        return
    by.require("site.edit")
    mine = by.organization_id if by.organization_kind == "province" else None
    if province_id != mine:
        raise NotAllowed("全国的平台设置由中国医师协会修改；各省只修改本省的。")


def _check(setting: SiteSetting) -> None:
    """Raise Refused, with the field, for what the columns do not take and for a colour on which white cannot be read."""
    try:
        setting.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused("；".join(messages), field=field) from error
    refuse_pale(setting.theme_colour)


def refuse_pale(colour: str) -> None:
    """Raise Refused for a theme colour against which white has less contrast than WCAG AA asks, naming a darker one."""
    if colour and (found := palette.contrast(colour, palette.WHITE)) < palette.AA:
        better, told = palette.readable(colour, palette.WHITE), math.floor(found * 10) / 10  # 4.48 is not yet 4.5
        raise Refused(
            f"主题色 {colour} 与白色的对比度是 {told}，要到 {palette.AA} 才看得清。可以用深一些的 {better}。",
            field="theme_colour",
        )


def small_png(data: bytes) -> bytes:
    """The logo re-encoded as a PNG of at most LOGO_EDGE pixels, without any metadata. Raises Refused."""
    if len(data) > LOGO_MOST_BYTES:
        raise Refused("标志文件超过 1 MB，请换一张小一点的图片。", field="logo")
    try:
        scanning.check(data)
    except BadUpload as refusal:
        raise Refused(refusal.message, field="logo") from refusal
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            if max(picture.size) > 4000:
                raise Refused("标志图片太大，每边请不超过 4000 像素。", field="logo")
            small = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused("标志只能是完整的 PNG、JPG 或 WebP 图片。", field="logo") from error
    small.thumbnail((LOGO_EDGE, LOGO_EDGE))
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()
