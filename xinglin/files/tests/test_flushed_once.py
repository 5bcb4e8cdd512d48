"""Many files at once are flushed to disk together."""

import os

from django.core.files.base import ContentFile

from xinglin.files.storage import PrivateFolder


def test_files_of_a_batch_wait_for_the_disk_once(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append("one"))
    monkeypatch.setattr(os, "sync", lambda: flushed.append("all"))
    storage = PrivateFolder(tmp_path)
    with storage.flushed_once():
        for name in ("aa/bb/one.original", "aa/cc/two.original"):
            storage.save(name, ContentFile(b"sealed"))
        assert flushed == []
    assert flushed == ["all"]
    storage.save("aa/dd/three.original", ContentFile(b"sealed"))
    assert flushed == ["all", "one", "one"]
