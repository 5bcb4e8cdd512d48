"""The token of the forms of a page."""

from __future__ import annotations

import re

import pytest
from django.middleware.csrf import _does_token_match, rotate_token
from django.test import Client, RequestFactory

from xinglin.ui.csrf import page_token


def test_one_token_for_all_forms_of_a_page_and_another_for_the_next(client: Client, db: None) -> None:
    pages = [client.get("/sign-in/").content.decode() for _ in range(2)]
    found = [set(re.findall(r'(?:csrfmiddlewaretoken" value|X-CSRFToken":) ?=?"([^"]+)', page)) for page in pages]
    assert [len(tokens) for tokens in found] == [1, 1]
    assert found[0] != found[1]


@pytest.mark.req("P-18")
def test_a_token_follows_its_secret() -> None:
    request = RequestFactory().get("/")
    first = page_token(request)
    assert page_token(request) == first
    assert _does_token_match(first, request.META["CSRF_COOKIE"])
    rotate_token(request)
    second = page_token(request)
    assert second != first and _does_token_match(second, request.META["CSRF_COOKIE"])
    assert not _does_token_match(first, request.META["CSRF_COOKIE"])
