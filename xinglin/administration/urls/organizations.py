"""Addresses: organisations, specialty bases, departments."""

from django.urls import path
from django.urls.resolvers import URLPattern

from xinglin.ui.lists.views import ListView

from ..tables.organizations import DepartmentList, OrganizationList, SpecialtyBaseList
from ..views.organizations import holdings, nodes, pages, units

_ONE = "organizations/<int:organization_id>/"

urlpatterns: list[URLPattern] = [
    path("organizations/", ListView.as_view(spec=OrganizationList), name="organizations"),
    path("organizations/tree/", pages.tree, name="organization-tree"),
    path("organization/", pages.own_organization, name="own-organization"),
    path(_ONE, pages.organization, name="organization"),
    path(_ONE + "edit/", nodes.edit, name="organization-edit"),
    path("organizations/<int:parent_id>/new/", nodes.new, name="organization-new"),
    path(_ONE + "capabilities/new/", holdings.new_capability, name="capability-new"),
    path("capabilities/<int:capability_id>/", holdings.end_capability, name="capability-end"),
    path(_ONE + "affiliations/new/", holdings.new_affiliation, name="affiliation-new"),
    path("affiliations/<int:affiliation_id>/", holdings.end_affiliation, name="affiliation-end"),
    path("specialty-bases/", ListView.as_view(spec=SpecialtyBaseList), name="specialty-bases"),
    path(_ONE + "specialty-bases/new/", units.new_specialty, name="specialty-new"),
    path("specialty-bases/<int:specialty_base_id>/", units.change_specialty, name="specialty-change"),
    path("departments/", ListView.as_view(spec=DepartmentList), name="departments"),
    path(_ONE + "departments/new/", units.new_department, name="department-new"),
    path("departments/<int:department_id>/", units.edit_department, name="department-edit"),
    path("departments/<int:department_id>/switch/", units.switch_department, name="department-switch"),
    path("departments/<int:department_id>/delete/", units.delete_department, name="department-delete"),
]
