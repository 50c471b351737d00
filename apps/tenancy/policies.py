"""Row-level security of a household's tables: what its narrow role sees and writes, and that its full role sees all.

Every app of a household says in its module `row_policies` which table shows whose rows (`POLICIES`), and which lead to
no account, with the reason (`OPEN`). A table that is in neither is closed to the narrow role, and the audit names it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings

from apps.tenancy import names
from apps.tenancy.narrowing import CLOSED, HIDDEN, PERSON

FULL = "full"


def seen(column: str) -> str:
    """The account in that column is not hidden. The list is read once a statement, not once a row."""
    return f"{column} <> ALL ((SELECT current_setting('{HIDDEN}', true))::bigint[])"


def writable(column: str) -> str:
    """The account in that column is neither hidden nor only to be read."""
    return f"{column} <> ALL ((SELECT current_setting('{CLOSED}', true))::bigint[])"


PERSON_ID = f"(SELECT current_setting('{PERSON}', true))::bigint"


@dataclass(frozen=True)
class Policy:
    """Conditions on a row of the table, in SQL: who may see it, and who may write it, both before and after."""

    sees: str
    writes: str = ""

    def named(self) -> dict[str, str]:
        """The policies by name, without what they stand on. A name changes with what it says: the audit compares it."""
        writes = self.writes or self.sees
        definitions = {
            FULL: "FOR ALL TO {full} USING (true)",
            "narrow": f"FOR ALL TO {{narrow}} USING ({self.sees}) WITH CHECK ({writes})",
        }
        if self.writes:
            definitions["narrow_update"] = f"AS RESTRICTIVE FOR UPDATE TO {{narrow}} USING ({writes})"
            definitions["narrow_delete"] = f"AS RESTRICTIVE FOR DELETE TO {{narrow}} USING ({writes})"
        return {f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}": text for name, text in definitions.items()}


def of_account(column: str = "account_id") -> Policy:
    return Policy(seen(column), writable(column))


def of_parent(table: str, link: str, *, writes: str) -> Policy:
    """Rows that are seen where a row of `table` is, for which `link` (on `parent`) holds; written where `writes` does,
    too."""
    return Policy(
        *(f"EXISTS (SELECT FROM {table} parent WHERE {condition})" for condition in (link, f"{link} AND {writes}"))
    )


@cache
def policies() -> dict[str, Policy]:
    """The policy of each table that has one."""
    return {table: policy for module in _modules() for table, policy in module.POLICIES.items()}


@cache
def open_tables() -> dict[str, str]:
    """The tables that need none, with the reason."""
    return {table: reason for module in _modules() for table, reason in module.OPEN.items()}


def _modules() -> Iterable[Any]:
    for config in apps.get_app_configs():
        if config.name in settings.TENANT_APPS and find_spec(f"{config.name}.row_policies"):
            yield import_module(f"{config.name}.row_policies")


def statements(schema_name: str, *, existing: Iterable[tuple[str, str]] = (), tables: Iterable[str]) -> list[str]:
    """What brings the policies of those tables up to date, one statement a message; `existing`: (table, name)."""
    roles = {"full": schema_name, "narrow": names.narrow_role(schema_name)}
    there = set(existing)
    wanted = {
        (table, name): text
        for table, policy in policies().items()
        if table in set(tables)
        for name, text in policy.named().items()
    }
    dropped = [f"DROP POLICY {name} ON {schema_name}.{table}" for table, name in sorted(there - wanted.keys())]
    missing = [key for key in wanted if key not in there]
    return [
        *dropped,
        *(
            f"ALTER TABLE {schema_name}.{table} ENABLE ROW LEVEL SECURITY"
            for table in dict.fromkeys(table for table, _ in missing)
        ),
        *(
            f"CREATE POLICY {name} ON {schema_name}.{table} {wanted[table, name].format(**roles)}"
            for table, name in missing
        ),
    ]
