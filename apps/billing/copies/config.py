"""dj-stripe, as this project starts it."""

from djstripe.apps import DjstripeAppConfig


class DjstripeConfig(DjstripeAppConfig):
    """Without its system checks: they ask the database at every command, about webhooks that we take ourselves."""

    def ready(self) -> None:
        from djstripe import _stripe_compat, event_handlers  # noqa: F401 — both act by being imported
