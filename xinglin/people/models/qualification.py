"""证书信息: physician examination, qualification and practising certificates, languages (R-20)."""

from django.db import models

from xinglin.kernel import certificates
from xinglin.kernel.declarations import declared
from xinglin.kernel.scope import ScopedModel
from xinglin.vault.fields import SealedTextField
from xinglin.vault.models import DataKey

from .person import Person

SECTION = "qualifications"


class Qualification(ScopedModel):
    """The person's certificates. The qualification code contains the ID number and is therefore sealed."""

    scope_organization = None
    scope_person = "person_id"

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="qualification")
    key = models.ForeignKey(DataKey, models.PROTECT, related_name="+")
    status = declared(
        models.CharField("医师资格考试", max_length=16, blank=True), section=SECTION, code_table="qualification_status"
    )
    code = declared(
        SealedTextField("医师资格证书编码", plain_length=30, help_text="24 位或 27 位"),
        section=SECTION, sensitive=True, mask="id_number", cleaner=certificates.clean_qualification,
    )  # fmt: skip
    qualified_on = declared(models.DateField("取得资格证书时间", null=True, blank=True), section=SECTION)
    level = declared(
        models.CharField("资格证书级别", max_length=16, blank=True), section=SECTION, code_table="practice_level"
    )
    category = declared(
        models.CharField("资格证书类别", max_length=16, blank=True), section=SECTION, code_table="practice_category"
    )
    practice_code = declared(
        models.CharField("执业证书编码", max_length=20, blank=True, help_text="15 位"),
        section=SECTION, cleaner=certificates.check_practising,
    )  # fmt: skip
    practice_scope = declared(
        models.CharField("执业范围", max_length=16, blank=True), section=SECTION, code_table="practice_scope"
    )
    registered_on = declared(models.DateField("执业注册时间", null=True, blank=True), section=SECTION)
    foreign_language_level = declared(
        models.CharField("外语等级", max_length=16, blank=True), section=SECTION, code_table="foreign_language_level"
    )
    qualification_scan = declared(
        models.UUIDField("医师资格证书扫描件", null=True, blank=True), kind="image", section=SECTION
    )
    practice_scan = declared(
        models.UUIDField("医师执业证书扫描件", null=True, blank=True), kind="image", section=SECTION
    )

    class Meta(ScopedModel.Meta):
        pass
