"""Makes docs/images from the running product: `make screenshots`. The invented demo only, in a folder of its own.

XINGLIN_DATA names a folder to keep between runs (loading the demo takes minutes); without it a throw-away one is used.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import workbooks

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CAPTCHA = "1234"
COUNTY = "660101"  # of the demo's own; no such county exists
LARGEST = 200_000
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PC: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
}  # fmt: skip
Account = dict[str, str]


def xinglin(*words: str) -> list[str]:
    return [sys.executable, "-m", "xinglin.config.cli", *words]


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """The product on a free port. Raises RuntimeError when it does not answer within a minute."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(xinglin("serve", "--port", str(port)), cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urlopen(f"{address}/sign-in/", timeout=10).close()
                break
            except OSError:
                time.sleep(0.2)
        else:
            raise RuntimeError(f"{address} does not answer")
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def keep(page: Page, name: str) -> None:
    """The visible part of the page as a small PNG: fewer colours until it is small enough."""
    page.wait_for_load_state("networkidle")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            out, "PNG", optimize=True
        )
        if out.tell() <= LARGEST:
            break
    (IMAGES / f"{name}.png").write_bytes(out.getvalue())
    print(f"{name}.png  {out.tell() // 1000} kB, {colours} colours")


def sign_in(page: Page, account: Account) -> None:
    page.goto(f"/sign-in/?entrance={account['entrance']}")
    page.locator("input[name=name]").fill(account["name"])
    page.locator("input[name=password]").fill(account["password"])
    page.get_by_label("验证码", exact=True).fill(CAPTCHA)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


class Studio:
    """One browser; windows of their own for whom the sign-in page of the demo offers."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        with self.window(None, **PC) as page:
            page.goto("/sign-in/")
            rows = page.locator("[data-trials] tbody tr")
            self.offered = [
                (
                    rows.nth(i).locator("td").first.evaluate("cell => cell.firstChild.textContent"),
                    rows.nth(i).locator("button").evaluate("b => b.dataset"),
                )
                for i in range(rows.count())
            ]

    @contextmanager
    def window(self, account: Account | None, **options: Any) -> Iterator[Page]:
        context = self.browser.new_context(
            base_url=self.address, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **options
        )
        page = context.new_page()
        if account:
            sign_in(page, account)
        yield page
        context.close()

    def account(self, role: str) -> Account:
        """The first account of a role (基地管理员 …) that has its own password already."""
        return next(found for label, found in self.offered if label == role and found["password"] != "000000")


def open_first(page: Page, list_address: str) -> None:
    """The record that the first row of a list leads to."""
    page.goto(list_address)
    page.goto(str(page.locator("tbody tr a[href]").first.get_attribute("href")))


def check_a_workbook(page: Page) -> None:
    """The template, filled with a few invented people and the faults of real life, uploaded but not confirmed."""
    workbooks.YEAR, workbooks.AREA = date.today().year, COUNTY
    page.goto("/imports/resident-accounts/")
    with page.expect_download() as template:
        page.get_by_role("link", name="住院医师账号模板").click()
    data = workbooks.messy(Path(template.value.path()).read_bytes())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("input[type=file]").set_input_files({"name": "住院医师账号.xlsx", "mimeType": kind, "buffer": data})
    batch = page.get_by_label("西医", exact=False).last  # asked only of a base that recruits in both tracks
    if batch.count():
        batch.check()
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_text("可以导入").first.wait_for()


def at_the_desk(studio: Studio) -> None:
    with studio.window(None, **PC) as page:
        page.goto("/sign-in/")
        keep(page, "sign-in")
    with studio.window(studio.account("基地管理员"), **PC) as page:
        page.goto("/residents-home/")
        keep(page, "home")
        page.goto("/residents/intake/")
        keep(page, "list")
        open_first(page, "/residents/intake/?correction=corrected")
        keep(page, "record")
        check_a_workbook(page)
        keep(page, "import-check")
    with studio.window(studio.account("省级审核"), **PC) as page:
        page.goto("/review/")
        again = page.locator(".xl-queue a", has_text="再次上报").first
        page.goto(str(again.get_attribute("href")))
        keep(page, "review")


def in_the_office(studio: Studio) -> None:
    """概览 and 系统管理, as the province sees them; the base on itself."""
    with studio.window(studio.account("省级管理员"), **PC) as page:
        page.goto("/overview/")
        keep(page, "overview")
        page.goto("/administration/accounts/")
        keep(page, "accounts")
    with studio.window(studio.account("基地管理员"), **PC) as page:
        page.goto("/administration/organization/")
        keep(page, "organization")


def on_the_phone(studio: Studio) -> None:
    """The resident whom the sign-in page offers has a return to answer."""
    with studio.window(studio.account("住院医师"), **PHONE) as page:
        page.goto("/my/")
        keep(page, "phone-home")
        page.goto("/my/record/basic_info/")
        keep(page, "phone-form")


def main() -> None:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        sys.exit("The pictures need Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "XINGLIN_DATA": folder, **os.environ,
            "XINGLIN_DEMO": "1", "XINGLIN_FIXED_CAPTCHA": CAPTCHA, "XINGLIN_WEB_WORKERS": "1", "DATABASE_URL": "",
        }  # fmt: skip
        subprocess.run(xinglin("prepare", "--demo"), cwd=ROOT, env=environment, check=True)
        IMAGES.mkdir(exist_ok=True)
        with served(environment) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            studio = Studio(browser, address)
            at_the_desk(studio)
            in_the_office(studio)
            on_the_phone(studio)
            browser.close()


if __name__ == "__main__":
    main()
