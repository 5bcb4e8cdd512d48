from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "xinglin.demo"
    label = "demo"
