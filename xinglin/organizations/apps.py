from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "xinglin.organizations"
    label = "organizations"
