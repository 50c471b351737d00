from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "apps.audit"

    def ready(self) -> None:
        from apps.audit import listening  # noqa: F401 (connects its receivers; models are not ready before)
