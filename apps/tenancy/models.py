from django.db import models


class Spare(models.Model):
    """A schema and role that stand ready for the next household to sign up."""

    schema_name = models.CharField(max_length=63, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.schema_name


class Template(models.Model):
    """How a household's schema is made: the statements that one real run of every migration sent."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="of the names of the migrations it is made of")
    statements = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest
