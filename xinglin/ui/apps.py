from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "xinglin.ui"
    label = "ui"
