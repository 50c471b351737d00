from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "apps.ledger"

    def ready(self) -> None:
        from apps.ledger import listening  # noqa: F401 (connects its receiver; models are not ready before)
