"""Who looks at the sample list, and what there is to see."""

from __future__ import annotations

from typing import Any

from django.test import Client

from xinglin.accounts.tests import factories
from xinglin.kernel import clock
from xinglin.kernel.viewer import Viewer
from xinglin.organizations.models import Organization
from xinglin.ui.lists.testing import Scene

PATH = "/test/units/"


def scene(client: Client, role: str = "province_reviewer") -> Scene:
    """A province that sees itself and its two bases; the other province is out of sight."""
    tree = factories.make_tree()
    user = factories.make_staff(role, tree.province)
    factories.sign_in(client, user)
    inside = [tree.province.pk, tree.base.pk, tree.sibling.pk]
    return Scene(client, factories.viewer_of(user), inside, [tree.other_province.pk, tree.foreign_base.pk])


def more_units(viewer: Viewer, number: int, **changes: Any) -> list[Organization]:
    """Further hospitals of the viewer's province, named in order."""
    rows = [
        Organization(
            parent_id=viewer.organization_id,
            path=f"{viewer.organization_path}n{place}/",
            kind="hospital",
            province_id=viewer.organization_id,
            name=f"云汀第{place:05d}医院",
            short_name=f"139{place:08d}",
            code=f"Y{place:05d}",
            created_at=clock.now(),
        )
        for place in range(number)
    ]
    for row in rows:
        for name, value in changes.items():
            setattr(row, name, value)
    return Organization.unscoped.bulk_create(rows)
