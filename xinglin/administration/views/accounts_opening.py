"""开通工作人员账号, and a base's own account (P-04, R-23)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.accounts.access import needs
from xinglin.accounts.actions import NewStaff, open_base_accounts, open_staff
from xinglin.accounts.roles import role
from xinglin.accounts.selectors import id_types_of, known_persons
from xinglin.dictionaries import selectors as dictionaries
from xinglin.kernel.errors import NotAllowed, Refused
from xinglin.kernel.scope import get_visible_or_404
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import selectors as organizations
from xinglin.organizations.models import Organization
from xinglin.people.actions import NewPerson
from xinglin.people.selectors import phone_hash
from xinglin.ui.lists import selection

from ..forms.accounts import PERSONAL, StaffForm, sent
from ..tables.accounts import SHEETS


@require_http_methods(["GET", "POST"])
@needs("accounts.open_staff")
def staff_new(request: HttpRequest) -> HttpResponse:
    """A person by ID type and number: a known one gets the identity, a new one an account and an initial password."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    first = {"organization": request.GET.get("organization", "")}
    form = StaffForm(sent(request), viewer=viewer, initial=first)
    doubts: list[str] = []
    if request.method == "POST" and form.is_valid():
        new = _wanted(form)
        doubts = doubts_about(new.person)
        if not doubts or form.cleaned_data["confirmed"]:
            response = _open(request, form, new)
            if response is not None:
                return response
    context = {"nav_key": "administration.accounts", "form": form, "doubts": doubts}
    status = 422 if form.errors or doubts else 200
    return render(request, "administration/accounts/staff_new.html", context, status=status)


def _wanted(form: StaffForm) -> NewStaff:
    data = form.cleaned_data
    person = NewPerson(*(data[name] for name in PERSONAL))
    return NewStaff(person, data["role"], form.place, data["track"], form.ends_at)


def doubts_about(person: NewPerson) -> list[str]:
    """What should be looked at before going on; nothing of what is on record is told."""
    known = known_persons([(person.id_type, person.id_number)]).get((person.id_type, person.id_number))
    if known is not None:
        same = not known.phone_hash or known.phone_hash == phone_hash(person.phone)
        return (
            []
            if same
            else [
                "这个人已在系统中，登记的手机号与所填的不同。开通不会改本人登记的手机号，第一次登录时核对的是登记的号码。"
            ]
        )
    others = [dictionaries.label("id_type", code) for code in id_types_of(person.id_number)]
    if others:
        return [f"这个号码已用“{'、'.join(others)}”登记过。如果是同一个人，请改证件类型；不是同一个人，再继续开通。"]
    return []


def _open(request: HttpRequest, form: StaffForm, new: NewStaff) -> HttpResponse | None:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    try:
        opened = open_staff([new], by=viewer, hand_out=True)
    except NotAllowed:
        raise
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None
    if opened.handout is not None:
        messages.success(request, f"已为{new.person.name}开通“{role(new.role).label}”账号。")
        return redirect("administration:handout", opened.handout.pk)
    messages.success(
        request, f"{new.person.name}已有账号，已授予“{role(new.role).label}”身份，用原来的账号和密码登录。"
    )
    return redirect("administration:account", opened.user_ids[0])


@require_POST
@needs("accounts.manage")
def base_open(request: HttpRequest, base_id: int) -> HttpResponse:
    """开通账号 of one training base."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    base = get_visible_or_404(Organization, viewer, pk=base_id)
    opened = open_base_accounts([base], by=viewer)
    if opened.handout is None:
        raise Refused(opened.refused[base.pk])
    messages.success(request, f"已为“{base.name}”开通基地账号。")
    return redirect("administration:handout", opened.handout.pk)


@require_POST
@needs("accounts.manage")
def bases_open(request: HttpRequest) -> HttpResponse:
    """开通账号 of the bases selected in 基地账号; those that cannot have one are named, with the reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    ids = selection.read(request, "administration.base_accounts").ids(SHEETS)
    bases = {base.pk: base for base in organizations.bases(viewer).filter(pk__in=ids)}
    opened = open_base_accounts(list(bases.values()), by=viewer)
    for reason in opened.refused.values():
        messages.warning(request, reason)
    if opened.handout is None:
        return redirect("administration:base-accounts")
    messages.success(request, f"已开通 {len(bases) - len(opened.refused)} 个基地账号。")
    return redirect("administration:handout", opened.handout.pk)
