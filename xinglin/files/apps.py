from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "xinglin.files"
    label = "files"

    def ready(self) -> None:
        """Set the limits of the picture decoders before anything is decoded."""
        from xinglin.files import checks, decoding, erasing  # noqa: F401  (checks registers)
        from xinglin.people.registry import register_erasure

        decoding.install()
        register_erasure(erasing.PART)
