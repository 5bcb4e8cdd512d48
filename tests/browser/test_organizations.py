"""机构管理 on a PC and at 360 px: every page, and the usual ways through it (P-01 to P-03, P-16, P-21, Q-15)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doors import sign_in
from tests.browser.pages import axe, good_page
from xinglin.accounts.models import User
from xinglin.administration.tests.organizations_scene import Organizations, make_organizations, page
from xinglin.imports.testing import xlsx_file
from xinglin.kernel import uscc
from xinglin.organizations.models import Capability, Department, Organization

HEADS = ["基地名称", "基地代码", "统一社会信用代码", "体系", "联系人手机", "资质开始日期"]


@pytest.fixture
def world() -> Organizations:
    return make_organizations()


def enter(window: Page, world: Organizations, who: str) -> None:
    sign_in(window, str(world.user(who).sign_in_name))


def places(world: Organizations) -> dict[str, str]:
    base = world.tree.base
    tabs = {
        tab: page(base, tab)
        for tab in ("facts", "capabilities", "affiliations", "specialties", "departments", "history")
    }
    return tabs | {
        "list": "/administration/organizations/?more=1",
        "tree": f"/administration/organizations/tree/?at={world.tree.province.pk}",
        "below": page(world.tree.province),
        "edit": page(base) + "edit/",
        "new": page(world.tree.province) + "new/",
        "capability-new": page(base) + "capabilities/new/",
        "capability-end": f"/administration/capabilities/{world.capability.pk}/",
        "affiliation-new": page(base) + "affiliations/new/",
        "specialty-new": page(base) + "specialty-bases/new/",
        "specialty-change": f"/administration/specialty-bases/{world.specialty.pk}/",
        "department": f"/administration/departments/{world.department.pk}/",
        "department-delete": f"/administration/departments/{world.department.pk}/delete/",
        "specialty-bases": "/administration/specialty-bases/",
        "departments": "/administration/departments/",
        "import": "/imports/training-bases/",
    }


def look(window: Page, found: dict[str, str], size: str) -> None:
    for name, address in found.items():
        window.goto(address)
        expect(window.locator("h1").first).to_be_visible()
        good_page(window, f"organizations-{name}-{size}")


@pytest.mark.same_everywhere
@pytest.mark.req("P-01", "P-02", "Q-15")
def test_every_page_is_good_on_a_pc(world: Organizations, page_pc: Page) -> None:
    enter(page_pc, world, "province")
    narrow = {"facts", "departments", "department-delete", "below", "new"}  # looked at on a phone
    look(page_pc, {name: address for name, address in places(world).items() if name not in narrow}, "pc")


@pytest.mark.same_everywhere
@pytest.mark.req("P-01", "P-02", "P-21", "Q-15")
def test_every_page_of_a_base_is_good_at_360_px(world: Organizations, page_phone: Page) -> None:
    enter(page_phone, world, "base")
    own = (
        "facts",
        "capabilities",
        "affiliations",
        "specialties",
        "departments",
        "edit",
        "department",
        "department-delete",
    )
    found = {name: address for name, address in places(world).items() if name in own}
    look(page_phone, found, "phone")
    page_phone.goto(page(world.tree.base, "capabilities"))
    expect(page_phone.get_by_role("button", name="新增资质")).to_have_attribute("aria-disabled", "true")
    expect(page_phone.get_by_text("由本省省级管理员或中国医师协会维护").first).to_be_visible()


@pytest.mark.same_everywhere
@pytest.mark.req("P-01", "Q-15")
def test_the_tree_and_the_list_at_360_px(world: Organizations, page_phone: Page) -> None:
    enter(page_phone, world, "association")
    found = places(world)
    look(page_phone, {name: found[name] for name in ("list", "tree", "below", "new")}, "phone")


@pytest.mark.req("P-01", "P-02", "P-03")
def test_a_province_sets_up_a_base(world: Organizations, page_pc: Page) -> None:
    """From the tree: a new hospital, what it is, whom it works with, what it trains."""
    window = page_pc
    enter(window, world, "province")
    window.goto("/administration/organizations/tree/")
    window.get_by_role("link", name=world.tree.province.name, exact=True).click()
    window.get_by_role("link", name="新增下级").click()
    window.get_by_label("名称", exact=False).first.fill("望溪市中心医院")
    window.get_by_label("基地代码").fill("wx001")
    window.get_by_label("统一社会信用代码").fill("12320199000000770A")
    window.get_by_label("联系人手机").fill("19012345678")
    window.watch.allow("422")  # type: ignore[attr-defined]
    window.get_by_role("button", name="新增", exact=True).click()
    expect(window.get_by_text(re.compile("校验位不对，应为")).first).to_be_visible()
    window.get_by_label("统一社会信用代码").fill(uscc.synthetic("320199", 7_001))
    window.get_by_role("button", name="新增", exact=True).click()
    expect(window.get_by_role("heading", name="望溪市中心医院")).to_be_visible()
    made = Organization.unscoped.get(code="WX001")
    window.get_by_role("link", name="资质", exact=False).first.click()
    window.get_by_role("link", name="新增资质").click()
    window.get_by_label("体系").select_option("western")
    window.get_by_label("开始日期").fill("2026-01-01")
    window.get_by_role("button", name="新增", exact=True).click()
    expect(window.get_by_text("已新增资质：培训基地（西医），2026-01-01 起")).to_be_visible()
    window.goto(page(made, "affiliations"))
    window.get_by_role("link", name="新增协同单位").click()
    window.get_by_label("协同单位").fill(world.tree.sibling.name)
    window.get_by_role("button", name="新增", exact=True).click()
    expect(window.get_by_text(f"已新增协同单位：{world.tree.sibling.name}")).to_be_visible()
    window.goto(page(made, "specialties"))
    window.get_by_role("link", name="新增专业基地").click()
    window.get_by_label("培训专业").select_option(label="内科")
    window.get_by_label("年度招收容量（人）").fill("12")
    window.get_by_role("button", name="新增", exact=True).click()
    expect(window.get_by_text("已新增内科专业基地，年度容量 12 人")).to_be_visible()
    window.get_by_role("link", name="变更记录").click()
    for words in ("建立机构", "新增资质", "新增协同关系", "新增专业基地"):
        expect(window.get_by_text(words, exact=True)).to_be_visible()


@pytest.mark.req("P-02")
def test_a_base_keeps_its_departments_by_keyboard(world: Organizations, page_pc: Page) -> None:
    window = page_pc
    enter(window, world, "base")
    window.locator(".xl-nav summary", has_text="机构与科室").press("Enter")
    window.get_by_role("link", name="本单位信息").click()
    window.get_by_role("link", name="科室").last.click()
    window.get_by_role("link", name="新增科室").press("Enter")
    window.get_by_label("科室名称").fill("急诊中心")
    window.get_by_role("checkbox", name="急诊医学科").press("Space")
    window.locator("summary", has_text="内科").first.press("Enter")
    window.get_by_role("checkbox", name="心血管内科专业").press("Space")
    axe(window)
    window.get_by_role("button", name="保存").press("Enter")
    expect(window.get_by_text("已保存科室“急诊中心”")).to_be_visible()
    assert sorted(Department.unscoped.get(name="急诊中心").medical_subjects) == ["03.04", "20"]
    window.get_by_role("button", name="停用 急诊中心").click()
    expect(window.get_by_role("button", name="启用 急诊中心")).to_be_visible()
    window.get_by_role("link", name="删除 急诊中心").click()
    window.get_by_role("button", name="删除", exact=True).click()
    expect(window.get_by_text("已删除科室“急诊中心”")).to_be_visible()


@pytest.mark.req("P-16", "P-05")
def test_bases_by_workbook(world: Organizations, page_pc: Page, tmp_path: Any) -> None:
    window = page_pc
    enter(window, world, "province")
    window.goto("/administration/organizations/")
    window.get_by_role("link", name="导入培训基地").click()
    rows: list[list[Any]] = [
        ["云汀市人民医院", "YT001", uscc.synthetic("320199", 901), "西医", "19088660001", "2026-09-01"],
        ["柳浦市人民医院", "YT002", "12320199000000770A", "西医", "19088660002", "2026-09-01"],
    ]
    book = tmp_path / "bases.xlsx"
    book.write_bytes(xlsx_file([HEADS, *rows], "培训基地"))
    window.locator("input[type=file]").set_input_files(str(book))
    window.get_by_role("button", name=re.compile("上传")).click()
    expect(window.get_by_text(re.compile("校验位不对")).first).to_be_visible()
    good_page(window, "organizations-import-check-pc")
    window.get_by_role("button", name="导入 1 行有效数据").or_(
        window.get_by_role("link", name="导入 1 行有效数据")
    ).click()
    window.get_by_role("button", name=re.compile("^确认导入")).click()
    expect(window.get_by_text(re.compile("已导入 1|导入完成|新增 1")).first).to_be_visible()
    made = Organization.unscoped.get(code="YT001")
    assert Capability.unscoped.filter(organization=made, track="western").exists()
    assert User.unscoped.filter(organization=made).count() == 1
    assert not Organization.unscoped.filter(code="YT002").exists()
