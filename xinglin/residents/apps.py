from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "xinglin.residents"
    label = "residents"

    def ready(self) -> None:
        from xinglin.people import registry

        from . import import_specs, review_specs  # noqa: F401  (declare their kinds)
        from .actions.personal import HOOKS

        registry.register(HOOKS)
