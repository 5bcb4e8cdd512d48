"""Sections of the personal record and levels of education."""

from django.db import models


class Section(models.TextChoices):
    """The three personal parts (个人信息), in the order of the manual's tabs."""

    BASIC_INFO = "basic_info", "基本信息"
    EDUCATION = "education", "学习经历"
    QUALIFICATIONS = "qualifications", "证书信息"


class EducationLevel(models.TextChoices):
    """Levels of 学习经历; the label stands before the field in the history: <本科>学位证书编号."""

    JUNIOR_COLLEGE = "junior_college", "专科"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "硕士"
    DOCTOR = "doctor", "博士"
