"""What the journal calls tables, and what PostgreSQL does."""

from django.db import models
from psycopg import sql


def table(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


def label(model: type[models.Model]) -> str:
    """What the journal calls the model's table."""
    return model._meta.label_lower
