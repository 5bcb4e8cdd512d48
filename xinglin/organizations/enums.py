"""Kinds of organisation, tracks, capabilities."""

from django.db import models


class Track(models.TextChoices):
    """体系: further ones (gp, fellowship) can be added as data of a capability."""

    WESTERN = "western", "西医"
    TCM = "tcm", "中医"


class Kind(models.TextChoices):
    """Level of a node in the tree."""

    MINISTRY = "ministry", "国家主管部门"
    ASSOCIATION = "association", "中国医师协会"
    PROVINCE = "province", "省级卫生健康行政部门"
    CITY = "city", "市级卫生健康行政部门"
    COUNTY = "county", "县级卫生健康行政部门"
    HOSPITAL = "hospital", "医院（单位）"


class CapabilityKind(models.TextChoices):
    """What an organisation is allowed to be, from a date until a date."""

    TRAINING_BASE = "training_base", "培训基地"
    AFFILIATE = "affiliate", "协同单位"
    INSTITUTION = "institution", "医疗卫生机构"
    ASSESSMENT_INSTITUTION = "assessment_institution", "考核机构"


class Accreditation(models.TextChoices):
    """Accreditation of a specialty base."""

    ACCREDITED = "accredited", "已认定"
    RECTIFYING = "rectifying", "限期整改"
    WITHDRAWN = "withdrawn", "已撤销"
