"""个人信息删除: finding a person, erasing for good, and the list of those who are gone (PIPL art. 47)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from xinglin.accounts.access import needs
from xinglin.accounts.selectors import person_account
from xinglin.dictionaries.selectors import label
from xinglin.kernel import masks
from xinglin.kernel.errors import Refused
from xinglin.kernel.viewer import Viewer
from xinglin.people import actions
from xinglin.people.erasure import erasures, find_person, person_to_erase, refusals
from xinglin.people.models import Person

from ..forms.erasing import ErasePerson, FindPerson

SHOWN = 100


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters()
@needs("people.erase")
def erased(request: HttpRequest) -> HttpResponse:
    """Those who were erased; the form leads to a person by the whole ID number."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = FindPerson(request.POST if request.method == "POST" else None)
    found: list[Person] = []
    if request.method == "POST" and form.is_valid():
        try:
            found = find_person(form.cleaned_data["id_number"], viewer)
        except Refused as error:
            form.add_error("id_number", error.message)
        if len(found) == 1:
            return redirect("administration:person-erase", found[0].pk)
    rows = erasures(viewer)
    context = {
        "nav_key": "administration.erased",
        "form": form,
        "found": [(person, label("id_type", person.id_type)) for person in found],
        "rows": list(rows[:SHOWN]),
        "count": rows.count(),
    }
    return render(request, "administration/erasing/erased.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters()
@needs("people.erase")
def erase(request: HttpRequest, person_id: int) -> HttpResponse:
    """Who it is, what goes and what stays, why not now; then the reason and the name."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    person = person_to_erase(person_id, viewer)
    form = ErasePerson(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase(person.pk, **form.cleaned_data, by=viewer)
        except Refused as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, f"第 {person.pk} 号人员的个人信息已经删除，不能恢复。")
            return redirect("administration:erased")
    page = _page(person, viewer) | {"form": form}
    return render(request, "administration/erasing/erase.html", page, status=422 if form.errors else 200)


def _page(person: Person, viewer: Viewer) -> dict[str, Any]:
    user = person_account(person.pk)
    return {
        "nav_key": "administration.erased",
        "person": person,
        "id_type": label("id_type", person.id_type),
        "id_number": masks.id_number(person.id_number) if person.id_number else "",
        "account": user,
        "against": refusals(person, viewer),
    }
