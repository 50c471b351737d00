from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "apps.users"

    def ready(self) -> None:
        from apps.users import lockout  # noqa: F401 (connects its receiver; its models are not ready before)
