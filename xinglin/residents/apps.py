from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "xinglin.residents"
    label = "residents"

    def ready(self) -> None:
        from xinglin.people import registry
        from xinglin.ui import navigation
        from xinglin.ui.lists import registry as lists

        from . import import_specs, review_specs  # noqa: F401  (declare their kinds)
        from .actions.personal import HOOKS
        from .menu import ITEMS
        from .tables import LISTS

        registry.register(HOOKS)
        for spec in LISTS:
            lists.register(spec)
        for item in ITEMS:
            navigation.register(item)
