from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "xinglin.history"
    label = "history"
