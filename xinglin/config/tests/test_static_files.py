"""Static files: only what is used, named by content, collected once."""

import gzip
import json

import pytest
from django.contrib.staticfiles.finders import find

from xinglin.config import vendor
from xinglin.config.static_files import collect_if_changed


@pytest.fixture
def root(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "xinglin.config.static_files.HashedFiles"}}
    return settings.STATIC_ROOT


def test_they_are_collected_once_for_every_state_of_the_sources(root):
    assert collect_if_changed() is True
    assert collect_if_changed() is False
    named = json.loads((root / "staticfiles.json").read_text())["paths"]
    assert set(vendor.FILES) <= set(named)
    style = root / (named["vendor/tabler/tabler.min.css"] + ".gz")
    assert gzip.decompress(style.read_bytes()).startswith(b"@charset")


def test_nothing_else_of_a_package_is_served():
    assert find("vendor/tabler/tabler.min.css").endswith("@tabler/core/dist/css/tabler.min.css")
    assert find("vendor/tabler/tabler.css") is None
