from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class ImportFormat(models.Model):
    """How files of one shape are to be read, as a person said once; the next file of that shape maps itself."""

    name = models.CharField(max_length=80)
    signature = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="of the column names, from `parsers.signature`"
    )
    recipe = models.JSONField()
    use_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="imports_format_name_unique"),
            models.UniqueConstraint("signature", condition=~Q(signature=""), name="imports_format_signature_unique"),
        ]

    def __str__(self) -> str:
        return self.name
