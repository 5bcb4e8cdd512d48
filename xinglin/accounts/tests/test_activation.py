"""One-time links of activation sheets: hashed, single use, few tries, dead with their credential (P-05)."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from xinglin.accounts.actions import (
    activation,
    end_grant,
    exchange,
    issue_initial_credentials,
    open_users,
    print_sheets,
    reset_passwords,
    set_first_password,
)
from xinglin.accounts.actions.activation import ALPHABET, AT_MOST, DEAD, WRONG, digest_of, new_secret
from xinglin.accounts.models import ActivationToken, InitialCredential, User
from xinglin.accounts.selectors import grants_of, open_credential_of
from xinglin.history.models import HistoryEntry
from xinglin.kernel import clock
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer

from .factories import make_grant, make_person, make_resident, make_staff, make_tree, viewer_of

pytestmark = pytest.mark.req("P-05")
SYSTEM = Viewer.system("test")
TOKEN = uuid.UUID(int=7)


@pytest.fixture
def tree(db):
    return make_tree()


@pytest.fixture
def admin(tree):
    return viewer_of(make_staff("base_admin", tree.base))


@pytest.fixture
def user(tree):
    opened = open_users([make_person().pk], organization=tree.base, track="western", by=SYSTEM)
    return User.unscoped.select_related("person__key").get(pk=next(iter(opened.users.values())))


def sheet_of(user, by):
    (sheet,) = print_sheets([user], by=by).sheets
    return sheet


def take(sheet, typed: str | None = None) -> InitialCredential:
    return exchange(sheet.token_id, sheet.secret if typed is None else typed, address="10.0.0.9", request_id="r")


def test_a_secret_is_long_readable_and_never_the_same():
    secrets = {new_secret() for _ in range(200)}
    assert len(secrets) == 200
    for secret in secrets:
        assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{5}}[{ALPHABET}]{{4}}", secret)
        assert len(ALPHABET) ** len(secret.replace("-", "")) >= 2**112, "so long that a keyed hash is enough"
    assert not set("01IOL") & set(ALPHABET) - {"L"}


@given(st.text(max_size=100))
def test_any_text_can_be_typed(text):
    assert len(digest_of(TOKEN, text)) == 64


@given(st.text(alphabet=ALPHABET, min_size=20, max_size=20), st.sampled_from(["", "-", " ", "- "]))
def test_hyphens_spaces_and_case_do_not_matter(letters, between):
    typed = between.join(letters[i : i + 4] for i in range(0, 20, 4)).lower()
    assert digest_of(TOKEN, typed) == digest_of(TOKEN, letters)
    assert digest_of(uuid.UUID(int=8), letters) != digest_of(TOKEN, letters), "bound to its row"


def test_a_sheet_admits_once(tree, admin, user):
    sheet = sheet_of(user, admin)
    assert take(sheet).pk == open_credential_of(user).pk
    with pytest.raises(Refused, match="已经用过"):
        take(sheet)
    assert HistoryEntry.unscoped.filter(verb="activation_used").count() == 1
    entry = HistoryEntry.unscoped.get(verb="activation_used")
    assert (entry.actor_user_id, entry.organization_path) == (user.pk, tree.base.path)
    assert open_credential_of(user).is_pending(clock.now()), "the credential itself is not used up"


def test_the_secret_is_kept_as_a_keyed_hash_only(admin, user):
    sheet = sheet_of(user, admin)
    row = ActivationToken.objects.get()
    assert row.digest == digest_of(row.pk, sheet.secret)
    for field in ActivationToken._meta.concrete_fields:
        assert sheet.secret not in str(getattr(row, field.attname))
    assert sheet.secret not in str(HistoryEntry.unscoped.get(verb="sheet_printed").facts)


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH-JKLM-NPQR-STUV", "0" * 64, "\x00", "激活", "-" * 40])
def test_a_wrong_secret_is_counted_and_five_kill_the_sheet(admin, user, typed):
    sheet = sheet_of(user, admin)
    for _ in range(5):
        with pytest.raises(Refused, match="激活码不对"):
            take(sheet, typed)
    with pytest.raises(Refused) as refused:
        take(sheet)
    assert refused.value.message == DEAD
    assert not ActivationToken.objects.filter(used_at__isnull=False).exists()


def test_a_dead_sheet_tells_a_stranger_no_more_than_a_wrong_code(admin, user):
    sheet = sheet_of(user, admin)
    take(sheet)
    with pytest.raises(Refused) as dead:
        take(sheet, "ABCD-EFGH-JKLM-NPQR-STUV")
    with pytest.raises(Refused) as unknown:
        exchange(uuid.uuid4(), sheet.secret, address="", request_id="r")
    assert dead.value.message == unknown.value.message == WRONG


def test_the_comparison_takes_the_same_time(admin, user, monkeypatch):
    sheet, compared = sheet_of(user, admin), []
    monkeypatch.setattr(activation.hmac, "compare_digest", lambda *pair: compared.append(pair) or pair[0] == pair[1])
    take(sheet)
    with pytest.raises(Refused):
        exchange(uuid.uuid4(), "ABCD", address="", request_id="r")
    assert len(compared) == 2, "also where there is no such sheet"


@pytest.mark.parametrize("what", ["renewed", "reset", "printed", "lapsed", "locked", "used", "ended", "closed"])
def test_a_sheet_is_dead_once(tree, admin, user, what):
    """Renewal, reset, a newer sheet, the end of its credential, of the identity, of the account."""
    sheet, later = sheet_of(user, admin), timedelta()
    credential = InitialCredential.objects.filter(user=user)
    if what == "renewed":
        issue_initial_credentials([user], issuer_organization=tree.base, by=admin)
    elif what == "reset":
        reset_passwords([user], issuer_organization=tree.base, by=admin)
    elif what == "printed":
        newer = sheet_of(user, admin)
        assert newer.secret != sheet.secret
    elif what == "lapsed":
        later = timedelta(days=30, seconds=1)
    elif what == "locked":
        credential.update(failed_tries=5)
    elif what == "used":
        set_first_password(open_credential_of(user), "Kapok-Lane-77", by=admin, organization=tree.base)
    elif what == "ended":
        end_grant(grants_of(user)[0], by=SYSTEM, reason="误导入")
    else:
        User.unscoped.filter(pk=user.pk).update(is_active=False)
    with time_machine.travel(clock.now() + later), pytest.raises(Refused):
        take(sheet)
    assert not ActivationToken.objects.filter(used_at__isnull=False).exists()


def test_a_newer_sheet_works_where_the_older_died(admin, user):
    sheet_of(user, admin)
    newer = sheet_of(user, admin)
    assert take(newer)
    assert ActivationToken.objects.filter(revoked_at__isnull=False).count() == 1


def test_of_two_at_once_one_goes_on(admin, user, monkeypatch):
    """Both looked before either wrote: the conditional update decides."""
    sheet = sheet_of(user, admin)
    token = activation.activation_token(sheet.token_id)
    monkeypatch.setattr(activation, "activation_token", lambda _: token)
    assert take(sheet)
    with pytest.raises(Refused, match="已经用过"):
        take(sheet)


# who gets one


def test_sheets_are_for_those_who_wait_and_whom_one_may_reset(tree, admin, user):
    active, foreign = make_resident(tree.base), make_resident(tree.sibling)
    busy = make_resident(tree.base)
    make_grant(busy, "base_admin", tree.sibling)
    printed = print_sheets([user, active, foreign, busy], by=admin)
    assert [sheet.user for sheet in printed.sheets] == [user]
    assert "先重新发放" in printed.refused[active.pk]
    assert set(printed.refused) == {active.pk, foreign.pk, busy.pk}
    assert HistoryEntry.unscoped.filter(verb="sheet_printed").count() == 1


@pytest.mark.parametrize("change", [{"failed_tries": 5}, {"expires_at": "now"}])
def test_lapsed_and_locked_ones_get_none(admin, user, change):
    values = {name: clock.now() if value == "now" else value for name, value in change.items()}
    InitialCredential.objects.filter(user=user).update(**values)
    printed = print_sheets([user], by=admin)
    assert not printed.sheets
    assert "先重新发放" in printed.refused[user.pk]


def test_too_many_at_once_are_refused(admin, user):
    with pytest.raises(Refused, match="一次最多打印 200 张"):
        print_sheets([user] * (AT_MOST + 1), by=admin)


# what the database refuses


@pytest.mark.parametrize(
    "values",
    [{"digest": ""}, {"used_at": "now", "revoked_at": "now"}],
)
def test_impossible_tokens_cannot_be_stored(admin, user, values):
    sheet_of(user, admin)
    changed = {name: clock.now() if value == "now" else value for name, value in values.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivationToken.objects.update(**changed)


def test_a_credential_has_one_live_sheet(admin, user):
    sheet = sheet_of(user, admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivationToken.objects.create(credential=sheet.credential, digest="a" * 64, issued_at=clock.now())
