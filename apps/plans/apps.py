from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "apps.plans"
    verbose_name = "Plans"

    def ready(self) -> None:
        from apps.plans import checks  # noqa: F401 (registers it)
