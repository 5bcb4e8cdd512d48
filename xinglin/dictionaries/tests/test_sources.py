"""P-10: the tables as shipped are complete, say where they come from, and cannot be misread."""

import re
from collections import Counter

import pytest

from xinglin.dictionaries import sources
from xinglin.kernel import text

KEYS = sources.shipped_keys()
NEEDED = {
    "sex", "ethnic_group", "division", "marital_status", "nationality", "id_type", "education_level", "degree",
    "degree_type", "specialty", "medical_subject", "title", "practice_category", "practice_scope", "personnel_type",
}  # fmt: skip


def test_every_table_of_the_specification_is_there():
    assert set(KEYS) >= NEEDED


@pytest.mark.parametrize("key", KEYS)
def test_source_edition_and_unambiguous_spellings(key):
    table = sources.shipped(key)
    assert table.key == key
    assert table.title
    assert table.source
    assert table.edition
    codes = Counter(entry.code for entry in table.entries)
    labels = Counter(text.fold(entry.label) for entry in table.entries)
    assert [code for code, count in codes.items() if count > 1] == []
    assert [label for label, count in labels.items() if count > 1] == []
    for entry in table.entries:
        assert entry.label == text.normalise(entry.label)
        assert not entry.parent_code or entry.parent_code in codes


@pytest.mark.parametrize("key", sorted(set(KEYS) - {"division"}))
def test_no_short_label_or_code_is_another_entrys_label(key):
    owners = {}
    for entry in sources.shipped(key).entries:
        for way in {text.fold(way) for way in (entry.code, entry.label, entry.short_label) if way}:
            assert owners.setdefault(way, entry.code) == entry.code


@pytest.mark.parametrize("key", sorted(set(KEYS) - {"division"}))
def test_an_alias_points_to_one_entry_and_is_no_label(key):
    entries = sources.shipped(key).entries
    ways = {text.fold(way) for entry in entries for way in (entry.label, entry.short_label) if way}
    aliases = Counter(text.fold(alias) for entry in entries for alias in entry.aliases)
    assert [alias for alias, count in aliases.items() if count > 1 or alias in ways] == []


def test_known_codes():
    def labels(key):
        return {entry.code: entry.label for entry in sources.shipped(key).entries}

    ethnic = labels("ethnic_group")
    assert (len(ethnic), ethnic["01"], ethnic["05"], ethnic["56"]) == (58, "汉族", "维吾尔族", "基诺族")
    assert labels("nationality")["CHN"] == "中国大陆"
    assert len(labels("nationality")) == 249
    assert labels("id_type")["06"] == "港澳居民来往内地通行证"
    assert labels("specialty")["1000"] == "外科（神经外科方向）"
    assert labels("personnel_type")["sponsored"] == "委派(委托)单位住院医师"


def test_specialties_tell_track_and_years():
    specialties = sources.shipped("specialty").entries
    assert Counter(entry.extra["track"] for entry in specialties) == {"western": 35, "tcm": 2}
    assert all(entry.extra["allowed_years"] == [1, 2, 3] for entry in specialties)
    assert [entry.code for entry in specialties if entry.retired_from] == ["2700"]


def test_divisions_have_three_levels_and_whole_labels():
    table = sources.shipped("division")
    labels = {entry.code: entry.label for entry in table.entries}
    assert len(labels) > 3200
    assert "2023-06-30" in table.edition
    assert all(re.fullmatch(r"\d{6}", code) for code in labels)
    assert labels["110000"] == "北京市"
    assert labels["110101"] == "北京市东城区"
    assert labels["130102"] == "河北省石家庄市长安区"
    assert labels["429004"] == "湖北省仙桃市"
    assert Counter(entry.extra["level"] for entry in table.entries)["province"] == 34
    assert not any(code[2:4] == "01" and code[4:] == "99" for code in labels), "the counties of invented people"
