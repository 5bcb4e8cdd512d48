"""A resident at the phone: every field of the three steps, typed, chosen and photographed as on the ward (R-19, R-20)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.pages import no_sideways_scroll
from xinglin.demo import pictures

MAKERS = {"photo": pictures.portrait, "id_front": pictures.id_front, "id_back": pictures.id_back}
BASIC = {
    "ethnic_group": "汉族", "marital_status": "未婚", "nationality": "中国大陆", "email": "first@example.cn",
    "address": "示例市杏林路 1 号", "emergency_name": "程嘉和", "emergency_phone": "19088880001",
}  # fmt: skip
SCHOOL = {"school": "澜江大学", "major": "临床医学", "degree": "医学学士", "degree_type": "专业"}


def field(page: Page, key: str) -> Any:
    return page.locator(f"[id='id_{key}']")


def put(page: Page, key: str, value: str) -> None:
    """Type into a field, or choose the option whose label begins so."""
    place = field(page, key)
    if place.evaluate("node => node.tagName") != "SELECT":
        place.fill(value)
        return
    labels = place.locator("option").all_text_contents()
    place.select_option(label=next(label for label in labels if label.startswith(value)))


def picture(page: Page, folder: Path, key: str, seed: int) -> None:
    """Photograph something for the place of a picture, and wait until it is there."""
    name = key.rsplit(".", 1)[-1]
    path = folder / f"{name}-{seed}.jpg"
    path.write_bytes(MAKERS.get(name, pictures.certificate)(seed))
    place = page.locator(f"[id='upload-{key}']")
    place.locator("[data-upload-pick] input").set_input_files(path)
    expect(place.locator("[data-upload-said]")).to_contain_text("已上传")


def following(page: Page) -> None:
    no_sideways_scroll(page)
    page.get_by_role("button", name="保存，下一步").click()


def fill_basic_info(page: Page, folder: Path, seed: int, **other: str) -> None:
    """基本信息, with photo and both sides of the ID card."""
    for name, value in (BASIC | other).items():
        put(page, f"basic_info.{name}", value)
    page.get_by_label("省", exact=True).select_option(label="北京")
    page.get_by_label("市", exact=True).select_option(label="西城区")
    for name in ("photo", "id_front", "id_back"):
        picture(page, folder, f"basic_info.{name}", seed)
    following(page)


def fill_education(page: Page, folder: Path, seed: int, year: int) -> None:
    """学习经历: 本科, with both certificates."""
    expect(page.get_by_role("heading", name="学习经历")).to_be_visible()
    page.get_by_role("group", name="是否本科").get_by_label("是").check()
    for name, value in SCHOOL.items():
        put(page, f"education.bachelor.{name}", value)
    page.get_by_role("group", name="是否全日制").locator("visible=true").get_by_label("是").check()
    numbers = {"diploma_number": f"109991{year}05{seed:06d}", "degree_number": f"109994{year}{seed:06d}"}
    for name, value in (numbers | {"graduated_on": f"{year}-06-30"}).items():
        field(page, f"education.bachelor.{name}").fill(value)
    for name in ("diploma_scan", "degree_scan"):
        picture(page, folder, f"education.bachelor.{name}", seed)
    following(page)


def fill_qualifications(page: Page, folder: Path, seed: int, certified: Mapping[str, str] | None = None) -> None:
    """证书信息: not taken, or the certificate with its scans."""
    expect(page.get_by_role("heading", name="证书信息")).to_be_visible()
    put(page, "qualifications.status", "已取得证书" if certified else "未参加")
    put(page, "qualifications.foreign_language_level", "大学英语六级")
    for name, value in (certified or {}).items():
        put(page, f"qualifications.{name}", value)
    if certified:
        for name in ("qualification_scan", "practice_scan"):
            picture(page, folder, f"qualifications.{name}", seed)
    no_sideways_scroll(page)
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.wait_for_url("**/my/")  # nothing is left
    expect(page.get_by_text("全部填完，等基地核对、上报").first).to_be_visible()
