"""JSON written by the encoder that is kept is what json writes."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.kernel.json_text import _writer, encoder, written

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(values)
def test_it_is_what_json_writes(value):
    assert written(value) == json.dumps(value, ensure_ascii=False)


def test_it_keeps_nothing_of_the_value_before():
    assert [written(v) for v in ({"甲": 1}, {"乙": '"\n\\'}, ["甲"])] == ['{"甲": 1}', '{"乙": "\\"\\n\\\\"}', '["甲"]']


def test_what_is_no_json_is_refused():
    with pytest.raises(TypeError, match="date"):
        written([date(2026, 1, 1)])


def test_without_the_encoder_in_c_it_is_the_same(monkeypatch):
    monkeypatch.setattr(encoder, "c_make_encoder", None)
    assert _writer()({"甲": [1, None, "乙"]}) == '{"甲": [1, null, "乙"]}'
