from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "xinglin.administration"
    label = "administration"

    def ready(self) -> None:
        from xinglin.organizations import references
        from xinglin.ui import navigation
        from xinglin.ui.lists import registry

        from .menu import ITEMS
        from .selectors.organizations.page import identities_at
        from .tables import LISTS

        references.register(identities_at)
        for spec in LISTS:
            registry.register(spec)
        for item in ITEMS:
            navigation.register(item)
