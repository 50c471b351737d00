"""The database as the two planes need it: three logins, one database, rights. Run by an administrator, repeatable."""

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from apps.tenancy import names

# Functions that every login of the cluster may call by default, and no household's role: they reach around SET ROLE, or
# leave something in the session, the server or other listeners that outlives the household's transaction.
CLOSED_FUNCTIONS = (
    "pg_catalog.set_config(text, text, boolean)",
    "pg_catalog.query_to_xml(text, boolean, boolean, text)",
    "pg_catalog.query_to_xmlschema(text, boolean, boolean, text)",
    "pg_catalog.query_to_xml_and_xmlschema(text, boolean, boolean, text)",
    "pg_catalog.pg_notify(text, text)",
    *(
        f"pg_catalog.pg_{name}({arguments})"
        for name in ("advisory_lock", "advisory_lock_shared", "try_advisory_lock", "try_advisory_lock_shared")
        for arguments in ("bigint", "integer, integer")
    ),
    "pg_catalog.lo_creat(integer)",
    "pg_catalog.lo_create(oid)",
    "pg_catalog.lo_from_bytea(oid, bytea)",
    "extensions.set_limit(real)",
)
# pg_catalog's rights are the database's own, so this binds this database only.
_CLOSED_TO_PUBLIC = """
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC;
    REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
    CREATE SCHEMA IF NOT EXISTS extensions;
    CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;
    GRANT USAGE ON SCHEMA extensions TO PUBLIC;
    REVOKE EXECUTE ON FUNCTION {functions} FROM PUBLIC;
""".format(functions=", ".join(CLOSED_FUNCTIONS))

_PLANES = {"owner": "owner", "people": "default", "ledger": "households"}


def prepare_database(admin_url: str) -> None:
    """Makes the logins `default`, `households` and `owner` of the settings, their database, and their rights.

    `admin_url` must be allowed to create roles and databases, and to change rights in pg_catalog (a superuser).
    """
    parts = conninfo_to_dict(admin_url)
    database = str(settings.DATABASES["default"]["NAME"])
    with psycopg.connect(
        admin_url,
        dbname=_existing_database(admin_url, str(parts.get("dbname") or "postgres")),
        autocommit=True,
    ) as admin:
        _make_logins(admin)
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(database), sql.Identifier(names.login("owner"))
                )
            )
    with psycopg.connect(admin_url, dbname=database) as admin:
        _grant_rights(admin, database)


def _existing_database(admin_url: str, wanted: str) -> str:
    """`wanted`, or `postgres` where the database of the URL is yet to be made."""
    try:
        psycopg.connect(admin_url, dbname=wanted).close()
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            raise
        return "postgres"
    return wanted


def _make_logins(admin: psycopg.Connection) -> None:
    powers = {"default": "", "households": "NOINHERIT", "owner": "CREATEROLE"}
    for alias, power in powers.items():
        name = sql.Identifier(names.login(alias))
        if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [names.login(alias)]).fetchone():
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        password = sql.Literal(settings.DATABASES[alias]["PASSWORD"] or None)
        admin.execute(sql.SQL("ALTER ROLE {} LOGIN {} PASSWORD {}").format(name, sql.SQL(power), password))
        # Django would set the time zone by set_config, which is closed to everybody; so it is right from the start.
        admin.execute(sql.SQL("ALTER ROLE {} SET timezone = 'UTC'").format(name))
        admin.execute(sql.SQL("ALTER ROLE {} SET lock_timeout = '10s'").format(name))
    admin.execute(
        sql.SQL("ALTER ROLE {} SET search_path = pg_catalog").format(sql.Identifier(names.login("households")))
    )


def _grant_rights(admin: psycopg.Connection, database: str) -> None:
    words: dict[str, sql.Composable] = {
        **{name: sql.Identifier(names.login(alias)) for name, alias in _PLANES.items()},
        "database": sql.Identifier(database),
        "rows": sql.SQL("SELECT, INSERT, UPDATE, DELETE"),
    }
    admin.execute(_CLOSED_TO_PUBLIC)
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {people}, {ledger}",
        "GRANT CREATE, CONNECT, TEMPORARY ON DATABASE {database} TO {owner}",
        "ALTER SCHEMA public OWNER TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {people}",
        "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO {owner}",
        "GRANT USAGE ON LANGUAGE plpgsql, sql TO {owner}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT {rows} ON TABLES TO {people}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE ON SEQUENCES TO {people}",
    ):
        admin.execute(sql.SQL(statement).format(**words))
