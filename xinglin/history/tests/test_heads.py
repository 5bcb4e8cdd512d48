"""The exported head: what it holds, and that only this installation signs it."""

import json

import pytest

from xinglin.history import heads
from xinglin.history.models import HistorySeal
from xinglin.vault import masters

from .rows import sealed

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]


def test_the_head_is_the_last_seal_of_every_month():
    import datetime as dt

    from xinglin.kernel import clock

    sealed(2, batches=2, at=dt.datetime(2026, 10, 5, tzinfo=clock.SHANGHAI))
    sealed(1, at=dt.datetime(2026, 11, 5, tzinfo=clock.SHANGHAI))
    found = heads.current()
    assert [(h.partition, h.sequence, h.rows) for h in found.partitions] == [("2026-10", 2, 4), ("2026-11", 1, 1)]
    assert [h.digest for h in found.partitions] == [
        HistorySeal.objects.get(partition="2026-10", sequence=2).digest,
        HistorySeal.objects.get(partition="2026-11", sequence=1).digest,
    ]
    assert found.rows == 5 and heads.parse(heads.export(found)) == found


def test_an_empty_history_has_an_empty_head():
    found = heads.parse(heads.export(heads.current()))
    assert found.partitions == () and found.rows == 0 and found.ours


@pytest.mark.parametrize("change", [{"made_at": "2020-01-01T00:00:00+08:00"}, {"rows": 99}, {"partitions": []}])
def test_any_change_of_the_text_shows(change):
    sealed(1)
    content = json.loads(heads.export(heads.current()))
    assert not heads.parse(json.dumps({**content, **change})).ours


def test_the_order_of_the_keys_and_spaces_do_not_matter():
    sealed(1)
    content = json.loads(heads.export(heads.current()))
    assert heads.parse(json.dumps(dict(reversed(content.items())), indent=7)).ours


def test_another_installation_signs_otherwise(settings):
    sealed(1)
    text, before = heads.export(heads.current()), settings.XINGLIN_KEYS
    try:
        settings.XINGLIN_KEYS = masters.generate()
        masters.forget_masters()
        assert not heads.parse(text).ours
    finally:
        settings.XINGLIN_KEYS = before
        masters.forget_masters()


def test_a_head_holds_no_row_and_no_name():
    sealed(3)
    text = heads.export(heads.current())
    assert "何嘉树" not in text and "江明澈" not in text and "/1/3/7/" not in text


@pytest.mark.parametrize(
    "head",
    [{"sequence": True}, {"rows": "1"}, {"digest": "ab"}, {"digest": "zz" * 32}, {"partition": 202611}, {"more": 1}],
    ids=str,
)
def test_a_head_of_another_shape_is_refused(head):
    sealed(1)
    content = json.loads(heads.export(heads.current()))
    content["partitions"][0] |= head
    with pytest.raises(ValueError, match="链头文件"):
        heads.parse(json.dumps(content))
