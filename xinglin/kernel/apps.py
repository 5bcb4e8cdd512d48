from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "xinglin.kernel"
    label = "kernel"
