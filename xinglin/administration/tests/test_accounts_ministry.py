"""The ministry's accounts: kept by the association, read everything in their track, touched by nobody else (0025)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from xinglin.accounts.models import Grant, User
from xinglin.accounts.selectors import grants_of
from xinglin.accounts.tests.factories import make_staff, sign_in
from xinglin.accounts.tests.test_sign_in import send
from xinglin.kernel import id_numbers
from xinglin.organizations.models import Organization

from .accounts_world import grant_of, make_world, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-04", "P-07", "R-23")]
NEW, LIST = reverse("administration:staff-new"), reverse("administration:accounts")
NUMBER = id_numbers.synthetic("320199", date(1979, 5, 16), 31)
STRANGERS = ["province_admin", "province_reviewer", "base_organization", "base_admin"]


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def reader(world):
    return make_staff("ministry_reader", world.tree.ministry, track="tcm")


def cells(world, **over):
    return {
        "name": "周远宁", "id_type": "01", "id_number": NUMBER, "phone": "19012340009", "role": "ministry_reader",
        "organization": world.tree.ministry.pk, "track": "western", "ends_on": "",
    } | over  # fmt: skip


def address(name: str, user: User, *more: int) -> str:
    return reverse(f"administration:{name}", args=[user.pk, *more])


class TestTheAssociationKeepsThem:
    def test_from_the_form_to_the_first_sign_in(self, world):
        client = world.client("association_admin")
        page = client.get(NEW).text
        assert "主管部门身份选国家主管部门" in page and world.tree.ministry.name in page
        answer = client.post(NEW, cells(world))
        assert answer.status_code == 302 and "000000" in client.get(answer.url).text
        (grant,) = grants_of(User.unscoped.get(person__name="周远宁"))
        assert (grant.role, grant.organization_id, grant.track) == (
            "ministry_reader",
            world.tree.ministry.pk,
            "western",
        )
        stranger = Client()
        first = send(stranger, NUMBER, "000000")
        form = {"old": "000000", "phone": "19012340009", "sign_in_name": "zhouyuanning", "new": "Kapok-Lane-77"}
        stranger.post(first.url, form | {"confirm": "Kapok-Lane-77"})
        assert send(Client(), "zhouyuanning", "Kapok-Lane-77").url == "/"

    @pytest.mark.parametrize(
        ("role", "at", "words"),
        [
            ("ministry_reader", "association", "不能有“主管部门”身份"),
            ("ministry_reader", "province", "不能有“主管部门”身份"),
            ("association_admin", "ministry", "不能有“协会管理员”身份"),
            ("province_admin", "ministry", "不能有“省级管理员”身份"),
        ],
    )
    def test_the_role_belongs_to_its_node_alone(self, world, role, at, words):
        place = getattr(world.tree, at)
        answer = world.client("association_admin").post(NEW, cells(world, role=role, organization=place.pk))
        assert answer.status_code == 422 and words in answer.text
        assert not Grant.unscoped.filter(role="ministry_reader").exists()

    def test_a_western_identity_of_the_association_gives_the_western_one_only(self, world):
        western = sign_in(Client(), make_staff("association_admin", world.tree.association, track="western"))
        assert western.post(NEW, cells(world, track="tcm")).status_code in {403, 422}
        assert western.post(NEW, cells(world)).status_code == 302

    def test_it_finds_them_in_the_list_and_by_their_place(self, world, reader):
        client = world.client("association_admin")
        assert reader.display_name in client.get(LIST).text
        found = client.get(LIST, {"kind": "", "organization": str(world.tree.ministry.pk)})
        assert reader.display_name in found.text
        assert world.user("association_admin").display_name not in found.text.split("<tbody")[1].split("</tbody")[0]

    def test_the_page_of_one_tells_its_log(self, world, reader):
        client = world.client("association_admin")
        page = client.get(address("account", reader)).text
        assert "主管部门" in page and "授予身份" in page
        assert "另有" not in page, "nothing of it lies elsewhere"

    def test_dating_ending_and_giving_again(self, world, reader):
        client, grant = world.client("association_admin"), grant_of(reader)
        dated = client.post(address("identity-expiry", reader, grant.pk), {"ends_on": "2099-12-31"})
        assert dated.status_code == 302
        ended = client.post(address("identity-end", reader, grant.pk), {"reason": "调离"})
        assert ended.status_code == 302 and not grants_of(reader)
        page = client.get(address("account", reader)).text
        assert "结束身份" in page and "调离" in page
        given = {"role": "ministry_reader", "organization": world.tree.ministry.pk, "track": "tcm", "ends_on": ""}
        assert client.post(address("identity-give", reader), given).status_code == 302
        assert [g.track for g in grants_of(reader)] == ["tcm"]

    def test_reset_and_renewal(self, world, reader):
        client = world.client("association_admin")
        answer = client.post(address("account-reset", reader), {"reason": "忘记密码"})
        assert answer.status_code == 302 and "000000" in client.get(answer.url).text
        assert not User.unscoped.get(pk=reader.pk).has_usable_password()
        (late,) = waiting(world.tree.ministry, role="ministry_reader", state="lapsed")
        renewed = client.post(reverse("administration:accounts-renew"), {"pick": [late.pk]})
        assert "待首次登录" in client.get(renewed.url).text
        sheets = client.post(reverse("administration:account-sheets"), {"pick": [late.pk]})
        assert late.display_name in sheets.text

    def test_of_somebody_who_is_also_at_a_base_the_association_is_named(self, world, reader):
        make = world.client("association_admin").post(
            address("identity-give", reader),
            {"role": "base_admin", "organization": world.tree.base.pk, "track": "tcm", "ends_on": ""},
        )
        assert make.status_code in {302, 422}
        Grant.unscoped.get_or_create(
            user=reader, role="base_admin", organization=world.tree.base, track="",
            defaults={"starts_at": grant_of(reader).starts_at},
        )  # fmt: skip
        page = world.client("base_organization").get(address("account-reset", reader)).text
        assert f"请联系“{world.tree.association.name}”" in page

    def test_by_import_with_the_full_name_of_the_ministry(self, world):
        from xinglin.administration.import_specs.staff import StaffImport

        viewer = world.viewer("association_admin")
        context = StaffImport().prepare(viewer, {}, "both")
        assert world.tree.ministry.name in context.data["places"]
        assert (
            world.tree.ministry.name
            not in StaffImport().prepare(world.viewer("province_admin"), {}, "both").data["places"]
        )


class TestNobodyElse:
    @pytest.mark.parametrize("who", STRANGERS)
    def test_they_are_not_there(self, world, reader, who):
        client, grant = world.client(who), grant_of(reader)
        for name, args in (
            ("account", ()), ("account-reset", ()), ("identity-give", ()), ("identity-end", (grant.pk,)),
            ("identity-expiry", (grant.pk,)),
        ):  # fmt: skip
            for method in (client.get, client.post):
                assert method(address(name, reader, *args)).status_code in {403, 404, 405}, (who, name)
        listed = client.get(LIST, {"kind": ""})
        assert listed.status_code == 403 or reader.display_name not in listed.text
        assert [g.track for g in grants_of(reader)] == ["tcm"]

    @pytest.mark.parametrize("who", ["province_admin", "base_organization"])
    def test_the_form_offers_neither_the_role_nor_the_node(self, world, who):
        client = world.client(who)
        page = client.get(NEW).text
        assert "ministry_reader" not in page and world.tree.ministry.name not in page
        assert client.post(NEW, cells(world)).status_code == 422
        assert not Grant.unscoped.filter(role="ministry_reader").exists()

    def test_the_ministry_keeps_no_accounts_itself(self, world, reader):
        client = sign_in(Client(raise_request_exception=False), reader)
        for url in (LIST, NEW, address("account", reader), reverse("administration:base-accounts")):
            assert client.get(url).status_code == 403

    def test_the_association_itself_reads_no_more_records_than_before(self, world, reader):
        viewer = world.viewer("association_admin")
        seen = Organization.objects.visible_to(viewer)
        assert not seen.filter(pk=world.tree.ministry.pk).exists()
        kept = Grant.objects.visible_to(viewer).exclude(organization__path__startswith=viewer.organization_path)
        assert set(kept.values_list("role", flat=True)) == {"ministry_reader"}
