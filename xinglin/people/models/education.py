"""学习经历: one row a level that the person answered for (R-20)."""

from django.db import models
from django.db.models import Q

from xinglin.kernel import certificates
from xinglin.kernel.declarations import declared
from xinglin.kernel.scope import ScopedModel

from ..enums import EducationLevel
from .person import Person

SECTION = "education"


class Education(ScopedModel):
    """One level; ``applies`` is the manual's 是否本科, …; the other fields count only where it is true."""

    scope_organization = None
    scope_person = "person_id"

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    level = models.CharField(max_length=16, choices=EducationLevel.choices)
    applies = declared(models.BooleanField("是否有此学历", null=True), section=SECTION)
    school = declared(models.CharField("毕业院校名称", max_length=100, blank=True), section=SECTION)
    major = declared(models.CharField("毕业专业", max_length=100, blank=True), section=SECTION)
    graduated_on = declared(models.DateField("毕业时间", null=True, blank=True), section=SECTION)
    full_time = declared(models.BooleanField("是否全日制", null=True), section=SECTION)
    diploma_number = declared(
        models.CharField("学历证书编号", max_length=30, blank=True, help_text="一般为 18 位"),
        section=SECTION, cleaner=certificates.clean_diploma,
    )  # fmt: skip
    degree = declared(models.CharField("学位", max_length=8, blank=True), section=SECTION, code_table="degree")
    degree_type = declared(
        models.CharField("学位类型", max_length=16, blank=True), section=SECTION, code_table="degree_type"
    )
    degree_number = declared(
        models.CharField("学位证书编号", max_length=30, blank=True, help_text="一般为 16 位；授予学位时必填"),
        section=SECTION, cleaner=certificates.clean_degree,
    )  # fmt: skip
    diploma_scan = declared(models.UUIDField("学历证书扫描件", null=True, blank=True), kind="image", section=SECTION)
    degree_scan = declared(models.UUIDField("学位证书扫描件", null=True, blank=True), kind="image", section=SECTION)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["person", "level"], name="education_level_once"),
            models.CheckConstraint(condition=Q(level__in=EducationLevel.values), name="education_level_known"),
        ]
