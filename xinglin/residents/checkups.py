"""What the doctor and the monitoring ask about recruitment: rows that belong together are all there (Q-09, Q-13)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef

from xinglin.kernel.checkups import Finding, Look, bad, checkup, ok
from xinglin.kernel.measures import Values, measure
from xinglin.residents.models import ApprovedRecord, Enrollment, RecruitmentReview, copies
from xinglin.reviews.enums import ReviewStatus

WHY = "doctor: do the rows agree?"
TELL_SUPPORT = "这不是用户能造成的：请保留日志和最近的备份，并联系技术支持。不要自己改数据库。"


@checkup("residents.counts", title="学员与审核")
def counts(look: Look) -> Iterator[Finding]:
    """Each enrollment has its review, each approved one its approved record, and no approved record stands alone."""
    review = RecruitmentReview.objects.for_system(WHY).filter(pk=OuterRef("pk"))
    approved = review.filter(review_status=ReviewStatus.APPROVED)
    record = ApprovedRecord.objects.for_system(WHY).filter(pk=OuterRef("pk"))
    enrollments = Enrollment.objects.for_system(WHY)
    without = enrollments.filter(~Exists(review)).count()
    unkept = enrollments.filter(Exists(approved)).filter(~Exists(record)).count()
    alone = ApprovedRecord.objects.for_system(WHY).filter(~Exists(approved)).count()
    if without:
        yield bad(f"{without:,} 名学员没有审核状态。", TELL_SUPPORT)
    if unkept:
        yield bad(f"{unkept:,} 名学员审核通过，却没有通过时的记录。", TELL_SUPPORT)
    if alone:
        yield bad(f"{alone:,} 条通过记录，学员却不是审核通过。", TELL_SUPPORT)
    yield ok(f"核对了 {enrollments.count():,} 名学员。")


@checkup("residents.copies", title="检索用的副本")
def searched_columns(look: Look) -> Iterator[Finding]:
    """What lists search and filter by is what the person and the review say (decision 0022)."""
    wrong = copies.wrong()
    if wrong:
        yield bad(
            f"{wrong:,} 名学员在列表里检索用的姓名或状态与本人、审核状态不一致，查询会漏掉或错列。",
            "运行 xinglin prepare：它重建触发器，并把副本重新填好。",
        )


@measure("enrollments", "Enrollments by report and review state", "reported", "review")
def enrollments() -> Values:
    counted = RecruitmentReview.objects.for_system("figures for monitoring").order_by()
    for reported, review, number in counted.values_list("report_status", "review_status").annotate(n=Count("pk")):
        yield (reported, review), number
