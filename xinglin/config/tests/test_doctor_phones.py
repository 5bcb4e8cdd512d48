"""The doctor tells of bases that no notice can reach (P-13, Q-13)."""

from __future__ import annotations

import pytest

from xinglin.accounts.models import VerifiedPhone
from xinglin.accounts.tests.factories import (
    forget_full_phone,
    make_phone,
    make_staff,
    make_tree,
    set_contact_phone,
)
from xinglin.kernel import clock
from xinglin.vault.actions import new_key

from .test_doctor import said

pytestmark = [pytest.mark.django_db, pytest.mark.req("P-13", "Q-13")]


def test_bases_whose_contact_phone_cannot_be_told_anything():
    tree = make_tree()
    assert "都能收到通知" in said("accounts.contact_phones"), "nobody was promised anything yet"
    make_staff("base_organization", tree.bases[3])
    assert "1 家有账号的培训基地没有登记联系电话" in said("accounts.contact_phones")
    for number, base in enumerate(tree.bases):
        set_contact_phone(base, make_phone(number))
    assert "都能收到通知" in said("accounts.contact_phones")
    for base in tree.bases[:2]:
        forget_full_phone(base)
    assert "2 家培训基地的联系电话早先只登记了校验值" in said("accounts.contact_phones")
    typed = VerifiedPhone(user=make_staff("base_organization", tree.bases[0]), proof="matched", key=new_key("system"))
    typed.phone_hash, typed.phone, typed.verified_at = tree.bases[0].contact_phone_hash, make_phone(0), clock.now()
    typed.save()
    assert "1 家培训基地的联系电话早先只登记了校验值" in said("accounts.contact_phones"), (
        "the one that typed it is reached"
    )
