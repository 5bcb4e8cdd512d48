"""One human, by ID type and number, with the fields of 基本信息 (R-20)."""

from django.db import models
from django.db.models import Q

from xinglin.kernel.declarations import declared
from xinglin.kernel.scope import ScopedModel
from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey

BASIC = "basic_info"


class Person(ScopedModel):
    """Seen by the person and, through an enrollment, by the organisations that train it.

    ``id_number_hash`` and ``id_last6_hash`` answer exact and last-six searches, ``phone_hash`` finds the same
    phone twice. After ``erased_at`` nothing of the person is left on the row. ``highest_*`` are kept from 学习经历 by its action, for the filters of lists.
    """

    scope_organization = None
    scope_person = "id"

    key = models.ForeignKey(DataKey, models.PROTECT, related_name="+", db_index=False)
    name = declared(
        models.CharField("姓名", max_length=50, help_text="与证件一致"), kind="name", section=BASIC, example="林知夏"
    )
    sex = declared(
        models.CharField("性别", max_length=2, blank=True),
        section=BASIC, code_table="sex", example="女性", derived=True,
    )  # fmt: skip
    ethnic_group = declared(
        models.CharField("民族", max_length=2, blank=True), section=BASIC, code_table="ethnic_group", example="汉族"
    )
    birth_date = declared(models.DateField("出生日期", null=True, blank=True), section=BASIC, derived=True)
    marital_status = declared(
        models.CharField("婚姻状况", max_length=2, blank=True), section=BASIC, code_table="marital_status"
    )
    nationality = declared(
        models.CharField("国籍及地区", max_length=3, blank=True), section=BASIC, code_table="nationality"
    )
    id_type = declared(
        models.CharField("证件类型", max_length=2),
        section=BASIC,
        code_table="id_type",
        example="居民身份证",
        fixed=True,
    )
    id_number = declared(
        SealedTextField("证件号", plain_length=30, help_text="由基地录入，不能改；有误请联系所在培训基地"),
        kind="id_number", section=BASIC, sensitive=True, mask="id_number", fixed=True,
    )  # fmt: skip
    id_number_hash = models.CharField(max_length=64)
    id_last6_hash = models.CharField(max_length=64)
    household_division = declared(
        models.CharField("户口所在地行政区划", max_length=12, blank=True), section=BASIC, code_table="division"
    )
    phone = declared(
        SealedTextField("手机", plain_length=20), kind="mobile", section=BASIC, sensitive=True, mask="phone",
        example="13900000000",
    )  # fmt: skip
    phone_hash = models.CharField(max_length=64, blank=True)
    email = declared(models.EmailField("电子邮箱", max_length=100, blank=True), kind="email", section=BASIC)
    address = declared(SealedTextField("通讯地址", plain_length=200), section=BASIC, sensitive=True)
    emergency_name = declared(models.CharField("紧急联系人", max_length=50, blank=True), kind="name", section=BASIC)
    emergency_phone = declared(
        SealedTextField("紧急联系人电话", plain_length=20), kind="mobile", section=BASIC, sensitive=True, mask="phone"
    )
    photo = declared(
        models.UUIDField("个人照片", null=True, blank=True, help_text="2 寸白底免冠照，不小于 413×626 像素"),
        kind="image", section=BASIC,
    )  # fmt: skip
    id_front = declared(
        models.UUIDField("身份证正面照（人像页）", null=True, blank=True, help_text="四角完整、文字清楚、不反光"),
        kind="image", section=BASIC, sensitive=True,
    )  # fmt: skip
    id_back = declared(
        models.UUIDField("身份证反面照（国徽页）", null=True, blank=True, help_text="四角完整、文字清楚、不反光"),
        kind="image", section=BASIC, sensitive=True,
    )  # fmt: skip
    highest_education = models.CharField("学历", max_length=16, blank=True)
    highest_degree = models.CharField("学位", max_length=8, blank=True)
    highest_degree_type = models.CharField("学位类型", max_length=16, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["id_type", "id_number_hash"], name="person_id_number_once"),
            models.CheckConstraint(condition=~Q(name=""), name="person_has_name"),
        ]
        # Not db_index: PostgreSQL would get a second index of each hash for prefixes, which nobody searches.
        indexes = [
            models.Index(fields=["name", "birth_date"], name="person_name_birth"),
            models.Index(fields=["id_last6_hash"], name="person_id_last6"),
            models.Index(fields=["phone_hash"], name="person_phone"),
        ]

    def __str__(self) -> str:
        return self.name
