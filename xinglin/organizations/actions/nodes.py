"""Creating and editing a node. Parent and kind are for ever: the path is part of every record below (0024)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from xinglin.dictionaries import selectors as dictionaries
from xinglin.history.enums import UpdateType
from xinglin.kernel import clock, masks, phones
from xinglin.kernel.bulk import allocate_ids
from xinglin.kernel.errors import Refused, Stale
from xinglin.kernel.viewer import Viewer
from xinglin.vault.actions import new_key
from xinglin.vault.hashing import keyed_hash

from .. import rules
from ..enums import Kind
from ..models import Organization
from .guarding import EDIT, clean, lock, note, require, require_own

LABELS = {
    "name": "名称",
    "short_name": "简称",
    "code": "代码",
    "uscc": "统一社会信用代码",
    "division": "行政区划",
    "contact_name": "联系人",
}
CONTACT = ("contact_name", "contact_phone")
CHANGED_UNSEEN = "这个单位刚刚被别人改过，没有保存。请看过最新内容再改。"


@transaction.atomic
def create_organization(
    parent: Organization | None,
    *,
    kind: str,
    name: str,
    short_name: str = "",
    code: str = "",
    uscc: str = "",
    division: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    by: Viewer,
) -> Organization:
    """Add a node; its path and province follow from the parent. Raises NotAllowed or Refused (P-01)."""
    require(by, parent.path if parent else "/", EDIT)
    if not rules.may_hang(kind, parent.kind if parent else None):
        raise Refused(f"{Kind(kind).label}不能设在{parent.name if parent else '最上级'}之下。", field="kind")
    (pk,) = allocate_ids(Organization, 1)
    node = Organization(
        pk=pk,
        parent=parent,
        path=rules.path_under(parent.path if parent else "", pk),
        kind=kind,
        province_id=pk if kind == Kind.PROVINCE else parent.province_id if parent else None,
        created_at=clock.now(),
    )
    given = {"name": name, "short_name": short_name, "code": code, "uscc": uscc, "division": division}
    what = _set(node, _cleaned(node, {**given, "contact_name": contact_name}, parent))
    what |= _set_phone(node, contact_phone)
    node.save(force_insert=True)
    what["类别"] = ["", Kind(kind).label]
    note(by, node, "organization.create", UpdateType.CREATED, ("organization", pk), what)
    return node


@transaction.atomic
def edit_organization(
    organization: Organization, values: Mapping[str, str], *, by: Viewer, seen: str | None = None
) -> bool:
    """Change name, short name, code, USCC, division or contact; a phone that is not given stays.

    ``seen``: the token of what the editor saw. Whether anything changed. Raises NotAllowed, Refused (field) or Stale.
    """
    require(by, organization.path, EDIT)
    return _edit(organization, values, by=by, seen=seen)


@transaction.atomic
def edit_contact(
    organization: Organization, *, contact_name: str, contact_phone: str = "", by: Viewer, seen: str | None = None
) -> bool:
    """The contact, which a base keeps up itself. Raises NotAllowed, Refused (field) or Stale."""
    require_own(by, organization)
    return _edit(organization, {"contact_name": contact_name, "contact_phone": contact_phone}, by=by, seen=seen)


def _edit(organization: Organization, values: Mapping[str, str], *, by: Viewer, seen: str | None) -> bool:
    node = lock(organization)
    if seen is not None and seen != rules.token_of(node):
        raise Stale(CHANGED_UNSEEN)
    given = {name: value for name, value in values.items() if name in LABELS}
    what = _set(node, _cleaned(node, given, node.parent)) | _set_phone(node, values.get("contact_phone", ""))
    if not what:
        return False
    node.save()
    note(by, node, "organization.edit", UpdateType.CHANGED, ("organization", node.pk), what)
    return True


def _cleaned(node: Organization, given: Mapping[str, str], parent: Organization | None) -> dict[str, str]:
    """Clean values of some fields. Raises Refused at the field that is wrong or taken."""
    cleaners = {
        "name": lambda value: rules.clean_title(value, "名称", 100),
        "short_name": lambda value: rules.clean_title(value, "简称", 40) if value.strip() else "",
        "code": rules.clean_code,
        "uscc": rules.clean_uscc,
        "division": lambda value: _division(node, value.strip(), parent),
        "contact_name": lambda value: rules.clean_title(value, "联系人", 50) if value.strip() else "",
    }
    found = {
        name: clean(lambda name=name, value=value: cleaners[name](value or ""), name)  # type: ignore[misc]
        for name, value in given.items()
    }
    _refuse_taken(node, found)
    return found


def _division(node: Organization, code: str, parent: Organization | None) -> str:
    if not code or code == node.division:
        return code
    if dictionaries.entry("division", code) is None:
        raise ValueError(f"行政区划代码表里没有 {code}，请填六位代码")
    province = parent.province if parent and node.kind != Kind.PROVINCE else None
    if province is not None and province.division and province.division[:2] != code[:2]:
        raise ValueError(
            f"{dictionaries.label('division', code)}（{code}）不在{province.short_name or province.name}之内"
        )
    return code


def _refuse_taken(node: Organization, found: Mapping[str, str]) -> None:
    known = Organization.objects.for_system("names and codes are unique in the country").exclude(pk=node.pk)
    if found.get("name") and known.filter(name=found["name"]).exists():
        raise Refused(f"已经有名为“{found['name']}”的单位，一家医院只建一个。", field="name")
    if found.get("code") and (other := known.filter(code=found["code"]).first()):
        raise Refused(f"代码 {found['code']} 已被“{other.name}”使用。", field="code")
    if found.get("uscc") and (other := known.filter(uscc=found["uscc"]).first()):
        raise Refused(
            f"统一社会信用代码 {found['uscc']} 是“{other.name}”的，一家医院只建一个。它另有资质的，请在它名下新增资质。",
            field="uscc",
        )


def _set(node: Organization, values: Mapping[str, str]) -> dict[str, list[Any]]:
    """Put the values on the node; what changed, in the words of the screen."""
    what: dict[str, list[Any]] = {}
    for name, value in values.items():
        before = getattr(node, name)
        if before != value:
            setattr(node, name, value)
            what[LABELS[name]] = [_said(name, before), _said(name, value)]
    return what


def _said(name: str, value: str) -> str:
    return f"{dictionaries.label('division', value)}（{value}）" if name == "division" and value else value


def _set_phone(node: Organization, contact_phone: str) -> dict[str, list[Any]]:
    """The phone is kept sealed, with hash and mask beside it; the history has the mask.

    The same number typed again completes a row that had its hash only.
    """
    if not contact_phone.strip():
        return {}
    phone = clean(lambda: phones.clean_mobile(contact_phone), "contact_phone")
    digest, before, after = keyed_hash("phone", phone), node.contact_phone_masked, masks.phone(phone)
    same = digest == node.contact_phone_hash
    if same and node.contact_phone:
        return {}
    seal_phone(node, phone)
    if same:
        return {"联系电话": [f"{before}（只有校验值）", after]}
    return {"联系电话": [before, after if after != before else f"{after}（另一号码）"]}


def seal_phone(node: Organization, phone: str) -> None:
    """Put a cleaned number on the node, unsaved: sealed under the node's own key."""
    node.key = node.key or new_key("system")
    node.contact_phone = phone
    node.contact_phone_hash, node.contact_phone_masked = keyed_hash("phone", phone), masks.phone(phone)


@transaction.atomic
def complete_phone(organization: Organization, phone: str, *, by: Viewer) -> bool:
    """Keep the number in full that the organisation's own account typed as it is on record; whether that was new.

    A number that is not the one on record is left alone.
    """
    node = lock(organization)
    if not node.lacks_full_phone or keyed_hash("phone", phone) != node.contact_phone_hash:
        return False
    what = _set_phone(node, phone)
    node.save()
    note(by, node, "organization.edit", UpdateType.CHANGED, ("organization", node.pk), what)
    return True
