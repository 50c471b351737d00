from django.apps import AppConfig


class CategorizationConfig(AppConfig):
    name = "apps.categorization"
