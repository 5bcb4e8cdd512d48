from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "xinglin.vault"
    label = "vault"
