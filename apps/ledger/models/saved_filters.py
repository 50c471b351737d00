from django.db import models
from django.db.models.functions import Lower


class SavedFilter(models.Model):
    """A filter of the transactions page under a name. It keeps the query of the page's address."""

    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, help_text="what stands after the ? of the address")
    is_pinned = models.BooleanField(default=False)
    use_count = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-is_pinned", "-use_count", "name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="ledger_saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name
