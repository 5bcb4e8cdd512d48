from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "xinglin.people"
    label = "people"
