"""Who exports what in these tests: a province and its hospitals in the sample list."""

from __future__ import annotations

from typing import Any

from django.test import Client

from xinglin.accounts.tests import factories
from xinglin.exports.models import ExportJob
from xinglin.organizations.models import Organization
from xinglin.ui.tests.lists.scenes import more_units

LIST = "/exports/of/test.units/"


def units(number: int = 3, tree: Any = None) -> tuple[Any, list[Organization]]:
    """A tree, and further hospitals in its first province."""
    tree = tree or factories.make_tree()
    viewer = factories.viewer_of(factories.make_staff("province_reviewer", tree.province))
    return tree, more_units(viewer, number)


def signed_in(client: Client, role: str, organization: Organization) -> Any:
    """The viewer as whom the client is signed in."""
    user = factories.make_staff(role, organization)
    factories.sign_in(client, user)
    return factories.viewer_of(user)


def ask(client: Client, query: str = "", **post: Any) -> Any:
    """Post the form of the export page as it stands, with changes."""
    page = client.get(f"{LIST}?{query}")
    assert page.status_code == 200, page.content.decode()
    words = {"query": page.context["query"], "column": [c.name for c in page.context["columns"]], "format": "xlsx"}
    return client.post(LIST, {**words, **post})


def made(client: Client, query: str = "", **post: Any) -> ExportJob:
    """The export that the form made."""
    answer = ask(client, query, **post)
    assert answer.status_code == 302, answer.content.decode()
    return ExportJob.unscoped.select_related("key").get(pk=answer["Location"].split("/")[-2])


def taken(client: Client, export: ExportJob) -> bytes:
    """The file as it reaches its owner."""
    answer = client.post(f"/exports/job/{export.pk}/download")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)
