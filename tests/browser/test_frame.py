"""What the frame's scripts do for every page (P-18, P-21, P-23, Q-15): seen in the browser."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PC, PHONE
from tests.browser.frame_page import show
from tests.browser.pages import good_page

pytestmark = pytest.mark.same_everywhere


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.textContent || document.activeElement.name || ''").strip()


@pytest.mark.req("Q-15")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("face", "window"), [("base", PC), ("base", PHONE), ("phone", PHONE), ("phone", PC)])
def test_parts_are_good_in_every_light(new_window, face, window, scheme):
    page = new_window(**window, color_scheme=scheme)
    show(page, face)
    good_page(page, f"parts-{face}-{window['viewport']['width']}-{scheme}")


def test_field_that_matters_sometimes_is_shown_then(page_pc):
    show(page_pc)
    other = page_pc.get_by_label("其他人员")
    expect(other).to_be_hidden()
    page_pc.get_by_label("人员类型").select_option("9")
    expect(other).to_be_visible()
    expect(other).to_be_enabled()


@pytest.mark.req("Q-15")
def test_dialog_takes_the_focus_and_gives_it_back(page_pc):
    show(page_pc)
    page_pc.get_by_role("button", name="删除", exact=True).click()
    expect(page_pc.get_by_role("dialog", name="删除这条记录？")).to_be_visible()
    assert focused(page_pc) == "确认删除"
    page_pc.keyboard.press("Escape")
    expect(page_pc.get_by_role("dialog")).to_be_hidden()
    assert focused(page_pc) == "删除"


@pytest.mark.req("P-21")
def test_disabled_button_can_be_reached_and_sends_nothing(page_pc):
    sent: list[str] = []
    show(page_pc)
    page_pc.on("request", lambda request: sent.append(request.method))
    button = page_pc.get_by_role("button", name="上报")
    button.focus()
    assert focused(page_pc) == "上报"
    button.click(force=True)
    page_pc.wait_for_timeout(200)
    assert "POST" not in sent
    expect(page_pc.get_by_text("填报已结束").last).to_be_visible()


def test_double_click_sends_once_and_says_that_it_works(page_pc):
    sent: list[str] = []
    show(page_pc)

    def answer(route: Route) -> None:
        sent.append(route.request.method)
        page_pc.wait_for_timeout(300)
        route.fulfill(body="done", content_type="text/plain")

    page_pc.route("**/parts-of-pages/sent", answer)
    button = page_pc.locator("button.btn-primary[type=submit]")
    button.evaluate("b => { b.click(); b.click(); }")
    page_pc.wait_for_url("**/parts-of-pages/sent")
    assert sent == ["POST"]


def test_errors_take_the_focus_and_lead_to_their_field(page_pc):
    show(page_pc, data={"kind": "1"})
    summary = page_pc.locator(".xl-note-bad[role=alert]").first
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    expect(page_pc.get_by_label("姓名")).to_be_focused()


@pytest.mark.req("Q-15")
def test_shortcut_works_unless_somebody_types(page_pc):
    sent: list[str] = []
    show(page_pc)
    page_pc.route("**/parts-of-pages/draft", lambda route: route.fulfill(status=204))

    def answer(route: Route) -> None:
        sent.append("sent")
        route.fulfill(body="done", content_type="text/plain")

    page_pc.route("**/parts-of-pages/sent", answer)
    page_pc.get_by_label("姓名").press_sequentially("s")
    assert sent == []
    page_pc.get_by_role("heading", level=1).click()
    page_pc.keyboard.press("s")
    page_pc.wait_for_url("**/parts-of-pages/sent")
    assert sent == ["sent"]


@pytest.mark.req("P-23")
def test_draft_saves_itself_and_says_when(page_pc):
    bodies: list[str] = []
    show(page_pc)

    def answer(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        route.fulfill(json={"saved_at": "17:54"})

    page_pc.route("**/parts-of-pages/draft", answer)
    page_pc.get_by_label("姓名").fill("林知夏")
    assert "有改动，未保存" in page_pc.locator("[data-draft-state]").inner_text()
    expect(page_pc.locator("[data-draft-state]")).to_contain_text("草稿已保存 17:54", timeout=6000)
    assert "林知夏" in bodies[0]
    assert 'name="once"' not in bodies[0]


@pytest.mark.req("P-23")
def test_what_could_not_be_sent_is_offered_again(page_pc):
    page_pc.watch.allow("500")
    show(page_pc)
    page_pc.route("**/parts-of-pages/draft", lambda route: route.fulfill(status=500))
    page_pc.get_by_label("姓名").fill("林知夏")
    expect(page_pc.locator("[data-draft-state]")).to_contain_text("没有传上去", timeout=6000)
    page_pc.on("dialog", lambda dialog: dialog.accept())
    page_pc.reload()
    expect(page_pc.get_by_label("姓名")).to_have_value("")
    page_pc.get_by_role("button", name="恢复").click()
    expect(page_pc.get_by_label("姓名")).to_have_value("林知夏")


def test_leaving_with_something_unsaved_asks(page_pc):
    asked: list[str] = []
    show(page_pc)
    page_pc.route("**/parts-of-pages/draft", lambda route: route.abort())
    page_pc.get_by_label("姓名").fill("林知夏")
    page_pc.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page_pc.goto("/sign-in/")
    assert asked == ["beforeunload"]


def large_picture(path: Path) -> Path:
    Image.effect_noise((3600, 2400), 60).convert("RGB").save(path, "JPEG", exif=Image.Exif())
    return path


@pytest.mark.req("P-18")
def test_photo_is_cut_to_its_ratio_and_made_small_before_it_travels(page_pc, tmp_path):
    sizes: list[tuple[int, int]] = []
    show(page_pc)

    def answer(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        start = body.index(b"\xff\xd8")
        with Image.open(io.BytesIO(body[start : body.rindex(b"\xff\xd9") + 2])) as picture:
            sizes.append(picture.size)
        route.fulfill(status=201, json={"id": "5e1f", "thumb": "", "width": 1, "height": 1, "remarks": ["照片偏暗"]})

    page_pc.route("**/files/upload", answer)
    page_pc.locator("[data-upload-pick] input").set_input_files(large_picture(tmp_path / "big.jpg"))
    dialog = page_pc.get_by_role("dialog", name="裁剪照片")
    expect(dialog).to_be_visible()
    page_pc.keyboard.press("ArrowLeft")
    page_pc.keyboard.press("+")
    dialog.get_by_role("button", name="转 90°").click()
    dialog.get_by_role("button", name="用这一块").click()
    expect(page_pc.get_by_text("已上传，保存后生效")).to_be_visible()
    expect(page_pc.get_by_text("照片偏暗")).to_be_visible()
    expect(page_pc.locator("input[name=photo]")).to_have_value("5e1f")
    width, height = sizes[0]
    assert max(width, height) <= 2400
    assert abs(width / height - 35 / 45) < 0.01


@pytest.mark.req("P-18")
def test_what_is_no_picture_is_refused_at_once(page_pc, tmp_path):
    show(page_pc)
    file = tmp_path / "letter.txt"
    file.write_text("no picture")
    page_pc.locator("[data-upload-pick] input").set_input_files(file)
    expect(page_pc.get_by_text("不是图片")).to_be_visible()
    (tmp_path / "moving.gif").write_bytes(b"GIF89a")
    page_pc.locator("[data-upload-pick] input").set_input_files(tmp_path / "moving.gif")
    expect(page_pc.get_by_text("“moving.gif”的格式不能用")).to_be_visible()
    expect(page_pc.get_by_text("不是图片")).to_have_count(0)


def test_refused_upload_says_why_and_shows_the_old_state(page_pc, tmp_path):
    page_pc.watch.allow("422")
    show(page_pc)
    page_pc.route("**/files/upload", lambda route: route.fulfill(status=422, json={"error": "已上报，不能更换照片。"}))
    small = tmp_path / "small.png"
    Image.new("RGB", (350, 450), "#aac").save(small)
    page_pc.locator("[data-upload-pick] input").set_input_files(small)
    expect(page_pc.get_by_text("已上报，不能更换照片。")).to_be_visible()
    expect(page_pc.locator("[data-upload-pic]")).to_be_hidden()


def test_narrow_navigation_is_remembered(page_pc):
    show(page_pc)
    page_pc.get_by_role("button", name="收起或展开导航").click()
    page_pc.reload()
    expect(page_pc.locator("html")).to_have_class("xl-slim xl-js")


def test_navigation_is_a_drawer_on_a_phone(page_phone):
    show(page_phone)
    page_phone.get_by_role("button", name="打开导航").click()
    expect(page_phone.locator("#xl-side")).to_be_in_viewport()
    page_phone.keyboard.press("Escape")
    expect(page_phone.get_by_role("button", name="打开导航")).to_be_focused()


def test_dark_mode_is_chosen_and_remembered(page_pc):
    show(page_pc)
    page_pc.locator("summary.xl-who").click()
    page_pc.get_by_role("button", name="深色模式").click()
    expect(page_pc.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page_pc.reload()
    expect(page_pc.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page_pc.keyboard.press("Escape")


def test_message_can_be_dismissed(page_pc):
    show(page_pc)
    page_pc.evaluate("import('/static/xinglin/js/live.js').then((live) => live.tell('已保存', 'ok'))")
    expect(page_pc.locator("#xl-alerts")).to_contain_text("已保存")
    page_pc.get_by_role("button", name="关闭提示").click()
    expect(page_pc.locator("#xl-alerts")).to_be_empty()
