"""常见情况怎么办: what to do for 延期, 退培, 换专业, 换基地 (P-12; seed 001, appendix 3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from xinglin.accounts.access import signed_in


@dataclass(frozen=True, slots=True)
class Topic:
    """One situation: what it means, step by step, and where the rule stands."""

    title: str
    icon: str
    brief: str
    steps: tuple[str, ...]
    source: str = "住院医师信息采集和更新工作的补充说明"


TOPICS = {
    "extension": Topic(
        "延期", "calendar-plus", "随在培信息部分开通后，在“培训状态”里登记原因、预计结束日期和证明，再上报",
        (
            "培训基地在“住院医师信息管理”里打开这位住院医师，把培训状态改为“延期”。",
            "写明原因、起始日期和预计结束日期，上传证明材料，保存后上报。",
            "省级审核通过后生效；到期前请改回“在培”，否则会影响结业考核报名。",
        ),
    ),
    "withdrawal": Topic(
        "退培", "user-minus", "随在培信息部分开通后，在“培训状态”里登记原因和日期；省级通过后列入异常人员名单",
        (
            "培训基地把培训状态改为“退培”，写明原因和日期，保存后上报。",
            "省级审核通过后列入异常人员名单，这个人可以被其他培训基地录入。",
            "离开培训是状态变化，不要用“删除”。删除只用于录入错误、从未审核通过的人。",
        ),
    ),
    "change-specialty": Topic(
        "换专业", "switch-horizontal", "原专业退培通过后，在新专业重新录入",
        (
            "先把原专业的培训状态更新为“退培”，上报并等省级审核通过。",
            "再用账号导入把本人重新录入，填写新的培训专业。",
            "同一培训基地内换专业也按这个办法办理。",
        ),
    ),
    "change-base": Topic(
        "换基地", "building-hospital", "原基地退培、新基地录入；个人信息跟着本人走",
        (
            "转出的培训基地把培训状态更新为“退培”，上报并等省级审核通过。",
            "转入的培训基地用账号导入把本人录入，维护培训信息和培训状态。",
            "本人的基本信息、学习经历、证书信息跟着本人走，不用重新填写。",
        ),
    ),
}  # fmt: skip
COMING = "“培训状态”在“住院医师信息管理”里维护，随在培信息部分开通；开通前请把材料准备好。"


@require_GET
@signed_in
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    """One situation, step by step."""
    if topic not in TOPICS:
        raise Http404
    return render(request, "portal/help.html", {"topic": TOPICS[topic], "topics": TOPICS, "coming": COMING})
