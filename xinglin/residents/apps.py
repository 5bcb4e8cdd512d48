from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "xinglin.residents"
    label = "residents"

    def ready(self) -> None:
        from xinglin.people import registry
        from xinglin.ui import navigation
        from xinglin.ui.lists import registry as lists

        from . import file_specs, import_specs, menu_own, review_specs  # noqa: F401  (declare their kinds)
        from .actions.personal import HOOKS
        from .menu import ITEMS
        from .tables import LISTS

        registry.register(HOOKS)
        for spec in LISTS:
            lists.register(spec)
        file_specs.register()
        for item in (*ITEMS, *menu_own.ITEMS):
            navigation.register(item)
