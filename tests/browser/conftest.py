"""One browser and one served copy for a run; a fresh PC or phone window for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.pages import Watch, picture
from tests.browser.served import serving

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PC = {"viewport": {"width": 1366, "height": 768}}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
NAMES = ("chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=15_000)  # as long as a click waits: two starved cores need more than five seconds at times


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser and commits to the database; a click that timed out on a starved machine is tried again once, a failed assertion never."""
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Leave the outcome where the window finds it, for a picture of what went wrong."""
    report = yield
    if report.when == "call":
        item.stash[OUTCOME] = report.failed
    return report


OUTCOME = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "the browser tests need Chromium: apt-get install chromium"
    # Playwright keeps an event loop in this thread; Django would refuse the database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Where the product is served: the real web server and the real worker on the database of the tests."""
    with django_db_blocker.unblock(), serving() as address:
        yield address


@pytest.fixture
def new_window(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """``new_window(**options)`` opens a window of its own (cookies too); each is watched until the test ends."""
    opened: list[tuple[BrowserContext, Page, Watch]] = []

    def open_one(**options: Any) -> Page:
        # Without motion: axe must not meet a colour half way to another.
        context = browser.new_context(
            base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **(options or PC)
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        watch = Watch(page)
        page.watch = watch  # type: ignore[attr-defined]
        opened.append((context, page, watch))
        return page

    yield open_one
    problems = []
    for number, (context, page, watch) in enumerate(opened):
        if request.node.stash.get(OUTCOME, True):
            picture(page, f"failed-{request.node.name}-{number}")
        problems += watch.problems()
        context.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def page_pc(new_window: Any) -> Page:
    """A window of 1366 × 768."""
    return new_window(**PC)


@pytest.fixture
def page_phone(new_window: Any) -> Page:
    """A phone of 360 × 740 with touch."""
    return new_window(**PHONE)
