"""Words of the organisation pages."""

from __future__ import annotations

from django import template

from xinglin.dictionaries import selectors as dictionaries
from xinglin.organizations.models import Department, SpecialtyBase

register = template.Library()
VERBS = {
    "organization.create": "建立机构",
    "organization.edit": "修改基本信息",
    "capability.add": "新增资质",
    "capability.end": "调整资质期限",
    "capability.cancel": "撤销未开始的资质",
    "affiliation.add": "新增协同关系",
    "affiliation.end": "调整协同关系期限",
    "affiliation.cancel": "撤销未开始的协同关系",
    "specialty_base.add": "新增专业基地",
    "specialty_base.change": "调整专业基地",
    "department.save": "保存科室",
    "department.enable": "启用科室",
    "department.disable": "停用科室",
    "department.delete": "删除科室",
}


@register.filter
def organization_verb(verb: str) -> str:
    """What was done, in words."""
    return VERBS.get(verb, verb)


@register.simple_tag
def specialty_label(row: SpecialtyBase) -> str:
    """内科."""
    return dictionaries.label("specialty", row.specialty)


@register.simple_tag
def subjects_text(row: Department) -> str:
    """诊疗科目 of a department."""
    return "、".join(dictionaries.label("medical_subject", code) for code in row.medical_subjects)
