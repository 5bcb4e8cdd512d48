"""Form of 平台设置 (P-14)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from xinglin.kernel.errors import Refused
from xinglin.ui.actions import LOGO_MOST_BYTES, refuse_pale, small_png
from xinglin.ui.models import SiteSetting
from xinglin.ui.selectors import Site

WORDS = ("name", "subtitle", "phone", "hours", "mail", "footer", "theme_colour")
_COLOUR = re.compile("#[0-9a-f]{6}")
PRODUCT_COLOUR = "#0e625d"


class SiteForm(forms.ModelForm):
    """Words, colour and logo; an empty word means: as above. ``kept_logo`` carries a logo from preview to save."""

    logo = forms.FileField(
        label="标志", required=False, help_text="PNG、JPG 或 WebP，不超过 1 MB，会缩到 256 像素",
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
    )  # fmt: skip
    kept_logo = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2 * LOGO_MOST_BYTES)
    remove_logo = forms.BooleanField(label="去掉现在的标志", required=False)

    class Meta:
        model = SiteSetting
        fields = WORDS

    field_order = (*WORDS, "logo", "remove_logo", "kept_logo")

    def __init__(self, *args: Any, above: Site, whose: str, has_logo: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in WORDS:
            said = getattr(above, name) or {"theme_colour": PRODUCT_COLOUR}.get(name, "")
            self.fields[name].help_text = f"空着沿用{whose}：{said}" if said else "空着不显示"
        self.fields["theme_colour"].widget.attrs["placeholder"] = PRODUCT_COLOUR
        if not has_logo:
            del self.fields["remove_logo"]
        self.picture: bytes | None = None

    def clean_theme_colour(self) -> str:
        colour: str = self.cleaned_data["theme_colour"].strip().lower()
        if not _COLOUR.fullmatch(colour):
            return colour  # the model says what a colour looks like
        try:
            refuse_pale(colour)
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return colour

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        data = _uploaded(given.get("logo")) or _carried(given.get("kept_logo", ""))
        if data:
            try:
                self.picture = small_png(data)
            except Refused as refusal:
                self.add_error("logo", refusal.message)
        return given

    @property
    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in WORDS}

    @property
    def new_logo(self) -> bytes | None:
        """The logo to set, b"" to take it off, None to leave it."""
        if self.picture is not None:
            return self.picture
        return b"" if self.cleaned_data.get("remove_logo") else None

    @property
    def carried(self) -> str:
        """The checked logo for the hidden field and the preview."""
        return base64.b64encode(self.picture).decode() if self.picture else ""


def _uploaded(file: UploadedFile | None) -> bytes:
    return file.read(LOGO_MOST_BYTES + 1) if file is not None else b""


def _carried(word: str) -> bytes:
    try:
        return base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError):
        return b"-"  # no picture: the check says so
