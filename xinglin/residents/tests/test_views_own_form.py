"""The three steps of the resident: saving, drafts, refusals that keep the input (R-19, R-20, P-23)."""

import pytest

from xinglin.people.selectors import draft_of
from xinglin.residents.tests.own import make_own

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    return make_own()


@pytest.mark.req("R-19")
@pytest.mark.parametrize("section", ["basic_info", "education", "qualifications"])
def test_every_step_is_shown(own, section):
    page = own.get(section)
    assert page.status_code == 200
    assert "保存草稿" in page.text
    assert "提交" not in page.text
    assert own.record.person.id_number not in page.text


def test_home_of_a_newcomer_says_what_to_do(own):
    page = own.client.get("/my/")
    assert page.status_code == 200
    assert "轮到您" in page.text
    assert "请填写个人信息" in page.text
    assert "未上报" in page.text
