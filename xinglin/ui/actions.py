"""Writes: the settings of the site (P-14)."""

from __future__ import annotations

import io

from django.core.exceptions import ValidationError
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from xinglin.history.actions import Entry, record
from xinglin.history.enums import UpdateType
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .models import SiteSetting
from .selectors import forget_site

LOGO_EDGE = 256
LOGO_MOST_BYTES = 1_000_000


@transaction.atomic
def set_site(*, by: Viewer, province_id: int | None = None, logo: bytes | None = None, **words: str) -> SiteSetting:
    """Set words, theme colour or logo of the installation (``province_id`` None) or of a province.

    ``words``: fields of SiteSetting; an empty word falls back to the installation's, then to the product's.
    Raises NotAllowed, and Refused for a value that does not pass with the reason.
    """
    if by.role != "system":
        by.require("site.edit")
    setting = SiteSetting.objects.select_for_update().filter(province_id=province_id).first()
    setting = setting or SiteSetting(province_id=province_id)
    before = {name: getattr(setting, name) for name in words}
    for name, word in words.items():
        setattr(setting, name, word.strip())
    if logo is not None:
        setting.logo = _small_png(logo) if logo else None
    try:
        setting.full_clean()
    except ValidationError as error:
        raise Refused("；".join(error.messages)) from error
    setting.save()
    labels = {field.name: str(field.verbose_name) for field in SiteSetting._meta.fields}
    changes = {
        labels[name]: [before[name], getattr(setting, name)] for name in words if before[name] != getattr(setting, name)
    }
    if logo is not None:
        changes["标志"] = ["", "已更换" if logo else "已去掉"]
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


def _small_png(data: bytes) -> bytes:
    """The logo re-encoded as a PNG of at most LOGO_EDGE pixels. Raises Refused."""
    if len(data) > LOGO_MOST_BYTES:
        raise Refused("标志文件超过 1 MB，请换一张小一点的图片。")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as picture:
            if max(picture.size) > 4000:
                raise Refused("标志图片太大，每边请不超过 4000 像素。")
            small = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError) as error:
        raise Refused("标志只能是 PNG、JPG 或 WebP 图片。") from error
    small.thumbnail((LOGO_EDGE, LOGO_EDGE))
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()
