from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    name = "xinglin.demo"
    label = "demo"

    def ready(self) -> None:
        if settings.XINGLIN_DEMO:
            from xinglin.accounts.door import register_trial_accounts

            from .sign_ins import trial_accounts

            register_trial_accounts("demo", trial_accounts)
