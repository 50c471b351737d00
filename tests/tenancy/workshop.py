"""A database in which households are made and broken, with what the tests of both planes do to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone
from psycopg import sql

from apps.households.models import Household
from apps.plans import subscribing
from apps.tenancy import names, schemas
from apps.tenancy.migrating import household_schemas

Rows = list[tuple[object, ...]]


@contextmanager
def administrator() -> Iterator[psycopg.Connection]:
    """A superuser in the database that the aliases point at."""
    with psycopg.connect(
        os.environ["DATABASE_ADMIN_URL"], dbname=settings.DATABASES["default"]["NAME"], autocommit=True
    ) as connection:
        yield connection


@pytest.fixture
def workshop(fresh_database: str) -> Iterator[str]:
    """`fresh_database`, with the roles of the households made in it dropped too: roles are the whole cluster's."""
    kept = set(household_schemas())
    yield fresh_database
    made = set(household_schemas()) - kept
    connections.close_all()
    with administrator() as admin:
        for name in sorted(made):
            admin.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))
            for role in (name, names.narrow_role(name)):
                if admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None:
                    admin.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
                    admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def new_household(public_id: str) -> Household:
    """A household with schema and role, committed."""
    household = Household.objects.create(public_id=public_id, name=public_id, is_ready=True)
    subscribing.begin_trial(household, now=timezone.now())
    schemas.make_schema(household.schema_name)
    return household


def run_as_owner(statement: str) -> Rows:
    """One statement of the owner of all schemas, committed."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
