"""What a new household's ledger begins with; an explicit call, and safe to repeat."""

from apps.ledger.models import Revision, Tag

# The owner's default buckets: value, name, colour.
DEFAULT_BUCKETS = (
    ("income", "Income", 4),
    ("groceries", "Groceries", 1),
    ("dining", "Dining", 2),
    ("shopping", "Shopping", 3),
    ("utilities", "Utilities", 7),
    ("transportation", "Transportation", 6),
    ("entertainment", "Entertainment", 8),
    ("healthcare", "Healthcare", 5),
    ("education", "Education", 6),
    ("housing", "Housing", 3),
    ("subscriptions", "Subscriptions", 8),
    ("other", "Other", 7),
)


def fill_ledger() -> None:
    """Adds the default buckets and the first revision to the open household, where they are not there yet."""
    Revision.objects.bulk_create([Revision(pk=1)], ignore_conflicts=True)
    Tag.objects.bulk_create(
        [
            Tag(namespace=Tag.Namespace.BUCKET, value=value, name=name, colour=colour, sort_order=order)
            for order, (value, name, colour) in enumerate(DEFAULT_BUCKETS)
        ],
        ignore_conflicts=True,
    )
