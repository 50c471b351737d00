from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "apps.users"

    def ready(self) -> None:
        from apps.users import arriving, lockout  # noqa: F401 (they connect receivers; models are not ready before)
