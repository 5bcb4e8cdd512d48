from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ResidentsConfig(AppConfig):
    name = "xinglin.residents"
    label = "residents"

    def ready(self) -> None:
        from xinglin.people import registry
        from xinglin.ui import navigation
        from xinglin.ui.lists import registry as lists

        from . import file_specs, import_specs, menu_own, notices, review_specs  # noqa: F401  (declare their kinds)
        from .actions import erasing
        from .actions.personal import HOOKS
        from .menu import ITEMS
        from .models import copies
        from .tables import LISTS

        pre_migrate.connect(copies.remove, sender=self, dispatch_uid="residents.copies.away")
        post_migrate.connect(copies.install, sender=self, dispatch_uid="residents.copies")
        registry.register(HOOKS)
        registry.register_erasure(erasing.PART)
        for spec in LISTS:
            lists.register(spec)
        file_specs.register()
        notices.register()
        for item in (*ITEMS, *menu_own.ITEMS):
            navigation.register(item)
