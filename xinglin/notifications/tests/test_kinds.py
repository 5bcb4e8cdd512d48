"""Kinds of messages are declared once, with their words (P-13)."""

from dataclasses import replace

import pytest

from xinglin.accounts.enums import CodePurpose
from xinglin.notifications import kinds
from xinglin.notifications.enums import Channel
from xinglin.notifications.kinds import MessageKind

pytestmark = pytest.mark.req("P-13")
KIND = MessageKind("test.kind", "试一试", "有 {count} 件事。{link}")


@pytest.mark.parametrize(
    ("site", "path", "text"),
    [
        ("", "/my/", "【杏林】有 3 件事。"),
        ("https://xinglin.example", "/my/", "【杏林】有 3 件事。 https://xinglin.example/my/"),
        ("https://xinglin.example", "", "【杏林】有 3 件事。"),
    ],
)
def test_the_link_stands_where_the_installation_told_its_address(settings, site, path, text):
    settings.XINGLIN_SITE_URL = site
    assert KIND.render({"count": 3, "path": path}) == text


def test_a_missing_word_is_a_programming_error():
    with pytest.raises(KeyError):
        KIND.render({})


def test_a_kind_is_declared_once(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.register(KIND)
    kinds.register(KIND)
    with pytest.raises(ValueError, match="twice"):
        kinds.register(replace(KIND, label="anders"))
    assert kinds.choices() == [("test.kind", "试一试")]
    assert kinds.label_of("gone.part") == "gone.part"
    with pytest.raises(KeyError):
        kinds.kind_of("gone.part")


@pytest.mark.parametrize("purpose", CodePurpose.values)
def test_every_purpose_of_a_code_has_its_words(purpose):
    kind = kinds.kind_of(f"code.{purpose}")
    text = kind.render({}, {"code": "123456"})
    assert "123456" in text and "10 分钟内有效" in text and "不要告诉别人" in text
    assert kind.channels == (Channel.SMS,)
    assert kind.secret
    assert len(text) <= 70 * 2, "two text messages at most"
