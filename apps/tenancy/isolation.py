"""The audit of isolation: one read of PostgreSQL's catalogue, without asking the application or its tables.

What a role can reach is what is granted to it, to PUBLIC, or to a role it belongs to; the audit shows that a
household's roles belong to none, are granted nothing outside their schema, and that nobody but owner and roles is
granted anything inside it; and that the narrow role is kept from rows by the policies of `tenancy.policies`.
"""

# ruff: noqa: S608 (the statements are put together of constants; what a caller passes travels as parameters)

from dataclasses import dataclass
from typing import Any

from django.db import connections

from apps.tenancy import names, policies
from apps.tenancy.preparing import CLOSED_FUNCTIONS

_HOUSEHOLDS = """
    WITH login AS (
        SELECT (SELECT oid FROM pg_roles WHERE rolname = %(people)s) AS people,
               (SELECT oid FROM pg_roles WHERE rolname = %(ledger)s) AS ledger,
               (SELECT oid FROM pg_roles WHERE rolname = %(owner)s) AS owner
    ), household AS (
        SELECT n.nspname AS name, n.oid AS schema, n.nspacl AS acl, n.nspowner AS owned_by, r.oid AS role,
               w.oid AS narrow
          FROM pg_namespace n LEFT JOIN pg_roles r ON r.rolname = n.nspname
          LEFT JOIN pg_roles w ON w.rolname = n.nspname || '_narrow'
         WHERE n.nspname ~ '^h[0-9a-z]{2,40}$'
    ), relation AS (
        SELECT c.oid, c.relname, c.relkind, c.relacl AS acl, c.relowner AS owned_by, h.name, h.role, h.narrow,
               h.schema, c.relrowsecurity AND NOT c.relforcerowsecurity AS is_guarded
          FROM pg_class c JOIN household h ON h.schema = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    ), household_role AS (
        SELECT role AS oid, name FROM household WHERE role IS NOT NULL
         UNION ALL
        SELECT narrow, name FROM household WHERE narrow IS NOT NULL
    ), here AS (
        SELECT oid FROM pg_database WHERE datname = current_database()
    )
"""

_EXCESSES = (
    _HOUSEHOLDS
    + """
    SELECT name AS household, 'the schema has no role of its name' AS excess, '' AS detail
      FROM household WHERE role IS NULL
    UNION ALL
    SELECT name, 'the schema has no narrow role', '' FROM household WHERE narrow IS NULL
    UNION ALL
    SELECT name, 'the schema is not owned by the owner login', pg_get_userbyid(owned_by)
      FROM household, login WHERE owned_by <> login.owner
    UNION ALL
    SELECT h.name, 'a stranger holds a right on the schema',
           format('%%s to %%s', a.privilege_type,
                  CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END)
      FROM household h, login, aclexplode(h.acl) a
     WHERE a.grantee NOT IN (login.owner, coalesce(h.role, 0), coalesce(h.narrow, 0)) OR a.grantee = 0
    UNION ALL
    SELECT h.name, 'the role may do more than use its schema', a.privilege_type
      FROM household h, aclexplode(h.acl) a WHERE a.grantee IN (h.role, h.narrow) AND a.privilege_type <> 'USAGE'
    UNION ALL
    SELECT r.name, 'a relation is not owned by the owner login',
           format('%%I by %%s', r.relname, pg_get_userbyid(r.owned_by))
      FROM relation r, login WHERE r.owned_by <> login.owner
    UNION ALL
    SELECT r.name, 'a stranger holds a right on a relation',
           format('%%s on %%I to %%s', a.privilege_type, r.relname,
                  CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END)
      FROM relation r, login, aclexplode(r.acl) a
     WHERE a.grantee NOT IN (login.owner, coalesce(r.role, 0), coalesce(r.narrow, 0)) OR a.grantee = 0
    UNION ALL
    SELECT r.name, 'the role may do more than read and write rows', format('%%s on %%I', a.privilege_type, r.relname)
      FROM relation r, aclexplode(r.acl) a
     WHERE a.grantee IN (r.role, r.narrow)
       AND a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
       AND NOT (r.relkind = 'S' AND a.privilege_type = 'USAGE')
    UNION ALL
    SELECT r.name, 'a stranger holds a right on a column',
           format('%%s on %%I.%%I', x.privilege_type, r.relname, a.attname)
      FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attacl IS NOT NULL, login, aclexplode(a.attacl) x
     WHERE x.grantee NOT IN (login.owner, coalesce(r.role, 0), coalesce(r.narrow, 0)) OR x.grantee = 0
    UNION ALL
    SELECT h.name, 'the role is named in rights outside its schema',
           pg_describe_object(d.classid, d.objid, d.objsubid)
      FROM pg_shdepend d JOIN household h ON d.refobjid IN (h.role, h.narrow)
     WHERE d.refclassid = 'pg_authid'::regclass AND d.dbid IN (0, (SELECT oid FROM here))
       AND d.classid <> 'pg_auth_members'::regclass
       AND NOT (d.classid = 'pg_namespace'::regclass AND d.objid = h.schema)
       AND NOT (d.classid = 'pg_class'::regclass
                AND EXISTS (SELECT FROM pg_class c WHERE c.oid = d.objid AND c.relnamespace = h.schema))
       AND NOT (d.classid = 'pg_policy'::regclass
                AND EXISTS (SELECT FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                             WHERE p.oid = d.objid AND c.relnamespace = h.schema))
       AND NOT (d.classid = 'pg_default_acl'::regclass
                AND EXISTS (SELECT FROM pg_default_acl x WHERE x.oid = d.objid AND x.defaclnamespace = h.schema))
    UNION ALL
    SELECT '', 'the ledger login holds a right of its own', pg_describe_object(d.classid, d.objid, d.objsubid)
      FROM pg_shdepend d JOIN login ON login.ledger = d.refobjid
     WHERE d.refclassid = 'pg_authid'::regclass AND d.dbid IN (0, (SELECT oid FROM here))
       AND d.classid NOT IN ('pg_auth_members'::regclass, 'pg_database'::regclass)
    UNION ALL
    SELECT coalesce(h.name, ''), 'what is made later will be open to a stranger',
           format('%%s to %%s', a.privilege_type,
                  CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END)
      FROM login, pg_default_acl d LEFT JOIN household h ON h.schema = d.defaclnamespace, aclexplode(d.defaclacl) a
     WHERE (h.schema IS NOT NULL OR d.defaclnamespace = 0)
       AND (a.grantee NOT IN (login.owner, coalesce(h.role, 0), coalesce(h.narrow, 0)) OR a.grantee = 0)
    UNION ALL
    SELECT r.rolname, 'the role has a power', ''
      FROM pg_roles r JOIN household_role o ON o.oid = r.oid
     WHERE r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolcanlogin OR r.rolreplication
    UNION ALL
    SELECT o.name, 'the role belongs to another role', pg_get_userbyid(m.roleid)
      FROM pg_auth_members m JOIN household_role o ON o.oid = m.member
    UNION ALL
    SELECT o.name, 'somebody else may take the role', pg_get_userbyid(m.member)
      FROM pg_auth_members m JOIN household_role o ON o.oid = m.roleid, login
     WHERE m.member NOT IN (login.ledger, login.owner)
    UNION ALL
    -- `inherit_option` came with PostgreSQL 16; before, NOINHERIT of the login says it all.
    SELECT o.name, 'the ledger login has the role''s rights without taking it, or may hand it on', ''
      FROM pg_auth_members m JOIN household_role o ON o.oid = m.roleid JOIN login ON login.ledger = m.member
     WHERE m.admin_option OR to_jsonb(m) ->> 'inherit_option' = 'true'
    UNION ALL
    SELECT r.rolname, 'a login of the application has a power', ''
      FROM pg_roles r, login
     WHERE (r.oid IN (login.people, login.ledger)
            AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication))
        OR (r.oid = login.ledger AND r.rolinherit)
    UNION ALL
    SELECT pg_get_userbyid(m.member), 'a login of the application belongs to a role that is no household''s',
           pg_get_userbyid(m.roleid)
      FROM pg_auth_members m, login
     WHERE m.member IN (login.people, login.ledger) AND pg_get_userbyid(m.roleid) !~ '^h[0-9a-z]{2,40}(_narrow)?$'
    UNION ALL
    SELECT coalesce(h.name, c.conrelid::regclass::text), 'a foreign key leaves its schema', c.conname
      FROM pg_constraint c
      JOIN pg_class a ON a.oid = c.conrelid JOIN pg_class b ON b.oid = c.confrelid
      LEFT JOIN household h ON h.schema = a.relnamespace
     WHERE c.contype = 'f' AND a.relnamespace <> b.relnamespace
    UNION ALL
    SELECT '', 'anybody may call a SECURITY DEFINER function', p.oid::regprocedure::text
      FROM pg_proc p
     WHERE p.prosecdef AND p.pronamespace <> 'pg_catalog'::regnamespace
       AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))
    UNION ALL
    SELECT '', 'anybody may use a schema that is not on the list', n.nspname
      FROM pg_namespace n, aclexplode(n.nspacl) a
     WHERE a.grantee = 0 AND n.nspname NOT IN ('pg_catalog', 'information_schema', %(extensions)s)
       AND n.nspname !~ '^pg_(toast|temp)'
    UNION ALL
    SELECT '', 'anybody may read a relation of a schema on the list', c.oid::regclass::text
      FROM pg_class c, aclexplode(c.relacl) a
     WHERE a.grantee = 0 AND c.relnamespace = to_regnamespace(%(extensions)s)
    UNION ALL
    SELECT '', 'anybody may reach around SET ROLE', p.oid::regprocedure::text
      FROM pg_proc p
     WHERE p.oid IN (SELECT to_regprocedure(name) FROM unnest(%(closed)s::text[]) AS name)
       AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))
    UNION ALL
    SELECT r.name, 'a table is neither guarded by policies nor on the list of those that need none', r.relname
      FROM relation r
     WHERE r.relkind <> 'S' AND NOT r.is_guarded AND r.relname <> ALL (%(open)s)
       AND EXISTS (SELECT FROM aclexplode(r.acl) a WHERE a.grantee = r.narrow)
    UNION ALL
    SELECT r.name, 'a policy is missing', format('%%s on %%I', w.name, w.relname)
      FROM relation r JOIN unnest(%(tables)s::text[], %(policies)s::text[], %(narrow)s::boolean[])
           AS w (relname, name, is_narrow) USING (relname)
     WHERE NOT EXISTS (SELECT FROM pg_policy p
                        WHERE p.polrelid = r.oid AND p.polname = w.name
                          AND p.polroles = ARRAY[CASE WHEN w.is_narrow THEN r.narrow ELSE r.role END])
    UNION ALL
    SELECT r.name, 'a policy is not on the list', format('%%I on %%I', p.polname, r.relname)
      FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
     WHERE NOT EXISTS (SELECT FROM unnest(%(tables)s::text[], %(policies)s::text[]) AS w (relname, name)
                        WHERE w.relname = r.relname AND w.name = p.polname)
    UNION ALL
    SELECT '', 'anybody may write code in the database', l.lanname
      FROM pg_language l
     WHERE l.lanpltrusted AND (l.lanacl IS NULL OR EXISTS (SELECT FROM aclexplode(l.lanacl) a WHERE a.grantee = 0))
    UNION ALL
    SELECT '', 'anybody may create or connect in the database', a.privilege_type
      FROM pg_database d,
           aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
     WHERE d.datname = current_database() AND a.grantee = 0
    ORDER BY 1, 2, 3
    """
)

_REACH = (
    _HOUSEHOLDS
    + """
    SELECT h.name,
           count(DISTINCT r.oid) FILTER (WHERE a.privilege_type = 'SELECT' AND r.relkind <> 'S'),
           count(DISTINCT r.oid) FILTER (WHERE a.privilege_type = 'INSERT' AND r.relkind <> 'S')
      FROM household h
      LEFT JOIN relation r ON r.schema = h.schema
      LEFT JOIN LATERAL aclexplode(r.acl) a ON a.grantee = h.role
     GROUP BY h.name ORDER BY h.name
    """
)


@dataclass(frozen=True)
class Excess:
    """A right, membership or owner that should not be. `household` is empty where it concerns the whole database."""

    household: str
    excess: str
    detail: str


@dataclass(frozen=True)
class Reach:
    """How many tables a household's role can read and write; all of them in its own schema, or an Excess says so."""

    household: str
    readable_count: int
    writable_count: int


def find_excesses(*, using: str = "default") -> list[Excess]:
    return [Excess(*row) for row in _read(_EXCESSES, using)]


def reach_of_households(*, using: str = "default") -> list[Reach]:
    return [Reach(*row) for row in _read(_REACH, using)]


def _read(query: str, using: str) -> list[tuple]:  # type: ignore[type-arg]
    logins = {"people": "default", "ledger": "households", "owner": "owner"}
    parameters = {key: names.login(alias) for key, alias in logins.items()}
    wanted = [(table, name) for table, policy in policies.policies().items() for name in policy.named()]
    lists: dict[str, list[Any]] = {
        "closed": list(CLOSED_FUNCTIONS),
        "open": list(policies.open_tables()),
        "tables": [table for table, _ in wanted],
        "policies": [name for _, name in wanted],
        "narrow": [not name.startswith(policies.FULL) for _, name in wanted],
    }
    with connections[using].cursor() as cursor:
        cursor.execute(query, {**parameters, **lists, "extensions": names.EXTENSIONS_SCHEMA})
        return list(cursor.fetchall())
