"""The audit of isolation: one read of PostgreSQL's catalogue, without asking the application or its tables.

What a role can reach is what is granted to it, to PUBLIC, or to a role it belongs to; the audit shows that a
household's role belongs to none, is granted nothing outside its schema, and that nobody but owner and role is granted
anything inside it.
"""

# ruff: noqa: S608 (the statements are put together of constants; what a caller passes travels as parameters)

from dataclasses import dataclass

from django.db import connections

from apps.tenancy import names

_HOUSEHOLDS = """
    WITH login AS (
        SELECT (SELECT oid FROM pg_roles WHERE rolname = %(people)s) AS people,
               (SELECT oid FROM pg_roles WHERE rolname = %(ledger)s) AS ledger,
               (SELECT oid FROM pg_roles WHERE rolname = %(owner)s) AS owner
    ), household AS (
        SELECT n.nspname AS name, n.oid AS schema, n.nspacl AS acl, n.nspowner AS owned_by, r.oid AS role
          FROM pg_namespace n LEFT JOIN pg_roles r ON r.rolname = n.nspname
         WHERE n.nspname ~ '^h[0-9a-z]{2,40}$'
    ), relation AS (
        SELECT c.oid, c.relname, c.relkind, c.relacl AS acl, c.relowner AS owned_by, h.name, h.role, h.schema
          FROM pg_class c JOIN household h ON h.schema = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    ), household_role AS (
        SELECT role AS oid, name FROM household WHERE role IS NOT NULL
    )
"""

_EXCESSES = (
    _HOUSEHOLDS
    + """
    SELECT name AS household, 'the schema has no role of its name' AS excess, '' AS detail
      FROM household WHERE role IS NULL
    UNION ALL
    SELECT name, 'the schema is not owned by the owner login', pg_get_userbyid(owned_by)
      FROM household, login WHERE owned_by <> login.owner
    UNION ALL
    SELECT h.name, 'a stranger holds a right on the schema',
           format('%%s to %%s', a.privilege_type,
                  CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END)
      FROM household h, login, aclexplode(h.acl) a
     WHERE a.grantee NOT IN (login.owner, coalesce(h.role, 0)) OR a.grantee = 0
    UNION ALL
    SELECT h.name, 'the role may do more than use its schema', a.privilege_type
      FROM household h, aclexplode(h.acl) a WHERE a.grantee = h.role AND a.privilege_type <> 'USAGE'
    UNION ALL
    SELECT r.name, 'a relation is not owned by the owner login',
           format('%%I by %%s', r.relname, pg_get_userbyid(r.owned_by))
      FROM relation r, login WHERE r.owned_by <> login.owner
    UNION ALL
    SELECT r.name, 'a stranger holds a right on a relation',
           format('%%s on %%I to %%s', a.privilege_type, r.relname,
                  CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END)
      FROM relation r, login, aclexplode(r.acl) a
     WHERE a.grantee NOT IN (login.owner, coalesce(r.role, 0)) OR a.grantee = 0
    UNION ALL
    SELECT r.name, 'the role may do more than read and write rows', format('%%s on %%I', a.privilege_type, r.relname)
      FROM relation r, aclexplode(r.acl) a
     WHERE a.grantee = r.role
       AND a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
       AND NOT (r.relkind = 'S' AND a.privilege_type = 'USAGE')
    UNION ALL
    SELECT r.name, 'a stranger holds a right on a column',
           format('%%s on %%I.%%I', x.privilege_type, r.relname, a.attname)
      FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attacl IS NOT NULL, login, aclexplode(a.attacl) x
     WHERE x.grantee NOT IN (login.owner, coalesce(r.role, 0)) OR x.grantee = 0
    UNION ALL
    SELECT o.name, 'the role is granted something outside its schema',
           format('%%s on %%s', a.privilege_type, c.oid::regclass)
      FROM pg_class c, aclexplode(c.relacl) a JOIN household_role o ON o.oid = a.grantee
     WHERE c.relacl IS NOT NULL AND c.relnamespace <> (SELECT h.schema FROM household h WHERE h.role = o.oid)
    UNION ALL
    SELECT o.name, 'the role is granted another schema', format('%%s on %%s', a.privilege_type, n.nspname)
      FROM pg_namespace n, aclexplode(n.nspacl) a JOIN household_role o ON o.oid = a.grantee
     WHERE n.nspname <> o.name
    UNION ALL
    SELECT o.name, 'the role is granted a function', a.privilege_type || ' on ' || p.oid::regprocedure
      FROM pg_proc p, aclexplode(p.proacl) a JOIN household_role o ON o.oid = a.grantee
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
    SELECT r.rolname, 'a login of the application has a power', ''
      FROM pg_roles r, login
     WHERE (r.oid IN (login.people, login.ledger)
            AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication))
        OR (r.oid = login.ledger AND r.rolinherit)
    UNION ALL
    SELECT pg_get_userbyid(m.member), 'a login of the application belongs to a role that is no household''s',
           pg_get_userbyid(m.roleid)
      FROM pg_auth_members m, login
     WHERE m.member IN (login.people, login.ledger) AND pg_get_userbyid(m.roleid) !~ '^h[0-9a-z]{2,40}$'
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
     WHERE p.pronamespace = 'pg_catalog'::regnamespace
       AND p.proname IN ('set_config', 'query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema')
       AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))
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
    with connections[using].cursor() as cursor:
        cursor.execute(query, {**parameters, "extensions": names.EXTENSIONS_SCHEMA})
        return list(cursor.fetchall())
