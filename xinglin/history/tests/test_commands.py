"""verify-history and history-head: words, exit codes, files."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from xinglin.history import heads
from xinglin.history.models import HistorySeal

from .rows import change, remove, sealed, write

pytestmark = [pytest.mark.django_db, pytest.mark.req("Q-12")]


def run(*arguments):
    """Output and exit code."""
    out = StringIO()
    try:
        call_command(*arguments, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), ended.code
    return out.getvalue(), 0


def test_an_intact_history_ends_with_0():
    sealed(3)
    assert run("verify_history") == ("核验通过：1 个月份、1 个封条、3 条记录，与封存时一致。\n", 0)


def test_a_tampered_row_is_named_and_ends_with_3():
    ids = sealed(3)
    change(ids[1], actor_name="别人")
    text, code = run("verify_history")
    assert code == 3
    first, last = text.strip().split("\n")
    assert first.startswith("✗ 记录被改动（") and f"记录 {ids[1]}" in first
    assert "person.save.basic_info person 2" in first
    assert last == "核验发现 1 处问题：记录被改动 1 处（共核对 1 个月份、1 个封条、3 条记录）。"
    assert "何嘉树" not in text and "别人" not in text


def test_the_tail_is_told():
    write(2)
    text, code = run("verify_history")
    assert code == 0 and text.startswith("尚未封存 2 条，最早 2")


def test_json_says_the_same_for_machines():
    ids = sealed(2)
    remove(ids[0])
    text, code = run("verify_history", "--json")
    content = json.loads(text)
    assert code == 3 and content["intact"] is False and content["counts"] == {"missing": 1}
    assert content["findings"][0]["row_id"] == ids[0]


def test_the_head_goes_out_and_comes_back(tmp_path):
    sealed(2, batches=2)
    file = tmp_path / "head.json"
    text, _ = run("history_head", str(file))
    assert text == f"已写入 {file}：1 个月份，4 条已封存记录。\n"
    assert heads.parse(file.read_text()).ours
    text, code = run("verify_history", "--head", str(file))
    assert code == 0 and "已与 " in text
    HistorySeal.objects.filter(sequence=2).delete()
    text, code = run("verify_history", "--head", str(file))
    assert code == 3 and "链尾被截断" in text


def test_the_head_goes_to_the_screen_without_a_file():
    sealed(1)
    text, _ = run("history_head")
    content = json.loads(text)
    assert content["rows"] == 1 and len(content["signature"]) == 64
    assert heads.parse(text).partitions[0].sequence == 1


@pytest.mark.parametrize(("content", "says"), [(None, "读不到链头文件"), ("{}", "不是“xinglin history-head”")])
def test_a_useless_head_file_is_refused_in_words(tmp_path, content, says):
    file = tmp_path / "head.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CommandError, match=says):
        call_command("verify_history", "--head", str(file))


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(CommandError, match="写不了"):
        call_command("history_head", str(tmp_path / "nowhere" / "head.json"))
