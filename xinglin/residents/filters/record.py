"""The fifteen filters of R-02; each list says where its fields lie."""

from __future__ import annotations

from collections.abc import Mapping

from xinglin.kernel import clock
from xinglin.kernel.names import tidied
from xinglin.kernel.viewer import Viewer
from xinglin.organizations import selectors as organizations
from xinglin.ui.lists.parts import Choices, Filter

LIVE = {
    "year": "intake_year",
    "specialty": "specialty",
    "name": "person_name",
    "id_number": "person__id_number_hash",
    "last6": "person__id_last6_hash",
    "personnel_type": "personnel_type",
    "cohort": "graduate_cohort",
    "qualification": "person__qualification__status",
    "education": "person__highest_education",
    "degree": "person__highest_degree",
    "degree_type": "person__highest_degree_type",
    "years": "approved_years",
    "report": "report_status",
    "review": "review_status",
    "rural": "rural_oriented",
    "west": "west_china_support",
}
"""Where the filtered fields of a live enrollment lie; name and states are copies, so that one index answers."""

CLOSED = {
    **LIVE,
    "name": "person__name",
    "qualification": "qualification_status",
    "education": "education",
    "degree": "degree",
    "degree_type": "degree_type",
}
"""Where those of a closing record lie."""


def this_year(_viewer: Viewer) -> str:
    return str(clock.today().year)


def fifteen(at: Mapping[str, str], *, year: bool = True) -> tuple[Filter, ...]:
    """All filters of R-02; ``year``: the present intake is asked for unless another is."""
    return (
        Filter("year", "招收年份", kind="year", lookup=at["year"], default=this_year if year else ""),
        Filter("specialty", "培训专业", kind="choice", lookup=at["specialty"], table="specialty"),
        Filter("name", "姓名", lookup=at["name"], tidy=tidied),
        Filter("id_number", "证件号码", kind="id_number", lookup=at["id_number"], last6=at["last6"]),
        Filter("personnel_type", "人员类型", kind="choice", lookup=at["personnel_type"], table="personnel_type"),
        Filter("cohort", "应届/往届", kind="choice", lookup=at["cohort"], table="graduate_cohort"),
        Filter(
            "qualification", "医师资格考试", kind="choice", lookup=at["qualification"], table="qualification_status"
        ),
        Filter("education", "学历", kind="choice", lookup=at["education"], table="education_stage"),
        Filter("degree", "学位", kind="choice", lookup=at["degree"], table="degree"),
        Filter("degree_type", "学位类型", kind="choice", lookup=at["degree_type"], table="degree_type"),
        Filter("years", "核定培训年限", kind="choice", lookup=at["years"], table="approved_years"),
        Filter("report", "上报状态", kind="choice", lookup=at["report"], table="report_status"),
        Filter("review", "审核状态", kind="choice", lookup=at["review"], table="review_status"),
        Filter("rural", "农村订单定向免费医学毕业生", kind="bool", lookup=at["rural"]),
        Filter("west", "西部支援行动住院医师", kind="bool", lookup=at["west"]),
    )


def _provinces(viewer: Viewer) -> Choices:
    return [(str(row.pk), row.short_name or row.name) for row in organizations.provinces(viewer)]


def _bases(viewer: Viewer) -> Choices:
    return [(str(row.pk), row.name) for row in organizations.bases(viewer)]


PROVINCE = Filter("province", "省份", kind="choice", lookup="province_id", choices=_provinces)
BASE = Filter("base", "培训基地", kind="choice", lookup="organization_id", choices=_bases)
