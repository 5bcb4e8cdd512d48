from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "xinglin.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Load every app's `job_specs.py`."""
        autodiscover_modules("job_specs")
