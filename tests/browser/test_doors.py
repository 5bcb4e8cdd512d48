"""The first page and the first sign-in, on a PC and on a phone (P-04, P-05, Q-15)."""

import pytest
from playwright.sync_api import expect

from tests.browser.doors import fill_sign_in, set_first_password, sign_in
from tests.browser.pages import good_page
from xinglin.accounts.actions.opening import open_users
from xinglin.accounts.tests.factories import PASSWORD, make_person, make_staff, make_tree, viewer_of

ENTRANCES = ["organization", "resident", "faculty", "physician"]


@pytest.mark.same_everywhere
@pytest.mark.req("P-04", "Q-15")
@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_entrance_is_a_good_page(page_pc, page_phone, entrance):
    for page, where in ((page_pc, "pc"), (page_phone, "phone")):
        page.goto(f"/sign-in/?entrance={entrance}")
        expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
        good_page(page, f"sign-in-{entrance}-{where}")


@pytest.mark.req("P-04")
def test_a_wrong_password_is_told_at_its_place(page_pc):
    tree = make_tree()
    make_staff("base_organization", tree.base)
    page_pc.watch.allow("422")
    fill_sign_in(page_pc, tree.base.name, "wrong")
    expect(page_pc.locator("#id_password-error")).to_be_visible()
    good_page(page_pc, "sign-in-refused")


SLOWER = """const send = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (told) { setTimeout(() => send.call(this, told), 1500); };"""


@pytest.mark.req("P-04")
def test_a_sign_in_sent_before_the_proof_is_done_waits_for_it(page_pc):
    tree = make_tree()
    make_staff("base_organization", tree.base)
    page_pc.add_init_script(SLOWER)
    page_pc.goto("/sign-in/?entrance=organization")
    page_pc.get_by_label("用户名").fill(tree.base.name)
    page_pc.get_by_label("密码", exact=True).fill(PASSWORD)
    page_pc.get_by_role("button", name="由浏览器自动验证").click()
    page_pc.get_by_role("button", name="登录", exact=True).click()
    expect(page_pc.get_by_role("button", name="正在验证，完成后自动继续…")).to_be_visible()
    page_pc.wait_for_url(lambda url: "/sign-in/" not in url)


@pytest.mark.req("P-04", "P-07")
def test_a_base_signs_in_with_its_full_name_or_its_code(new_window):
    tree = make_tree()
    make_staff("base_organization", tree.base)
    for name in (tree.base.name, tree.base.code):
        page = new_window()
        sign_in(page, name)
        page.goto("/account/")
        expect(page.get_by_text(tree.base.name).first).to_be_visible()


@pytest.mark.req("P-05")
def test_a_resident_must_set_a_password_first(page_phone):
    tree = make_tree()
    by = viewer_of(make_staff("base_admin", tree.base))
    person = make_person(phone="19000000023")
    open_users([person.pk], organization=tree.base, track="western", by=by)
    sign_in(page_phone, person.id_number, "000000", entrance="resident")
    good_page(page_phone, "first-password")
    page_phone.goto("/account/password/")
    expect(page_phone.get_by_role("heading", name="设置新密码")).to_be_visible()
    set_first_password(page_phone, "000000", "19000000023")
    page_phone.goto("/account/")
    expect(page_phone.get_by_role("heading", name=person.name)).to_be_visible()
