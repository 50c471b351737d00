from django.apps import AppConfig


class MigratedAppConfig(AppConfig):
    name = "tests.tenancy.migrated_app"
    default_auto_field = "django.db.models.BigAutoField"
