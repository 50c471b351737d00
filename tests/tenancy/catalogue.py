"""What a schema is made of, without its name: equal for schemas that stand at the same point."""

from django.db import connections

QUESTIONS = {
    "relations": """
        SELECT c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relpersistence, c.reloptions,
               obj_description(c.oid, 'pg_class')
          FROM pg_class c WHERE c.relnamespace = to_regnamespace(%(schema)s)
    """,
    "columns": """
        SELECT c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attgenerated, a.attstorage, a.attcompression, a.attcollation::regcollation::text,
               pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
          LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    """,
    "indexes": """
        SELECT c.relname, i.indisunique, i.indisprimary, i.indisvalid, i.indisreplident, pg_get_indexdef(c.oid)
          FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE c.relnamespace = to_regnamespace(%(schema)s)
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, contype, condeferrable, condeferred, convalidated,
               pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
          FROM pg_constraint WHERE connamespace = to_regnamespace(%(schema)s)
    """,
    "sequences": """
        SELECT sequencename, data_type::text, start_value, increment_by, cycle, last_value
          FROM pg_sequences WHERE schemaname = %(schema)s
    """,
    "rights on relations": """
        SELECT c.relname, pg_get_userbyid(a.grantor), CASE a.grantee WHEN 0 THEN 'PUBLIC'
               ELSE pg_get_userbyid(a.grantee) END, a.privilege_type, a.is_grantable
          FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = to_regnamespace(%(schema)s)
    """,
    "rights on the schema": """
        SELECT pg_get_userbyid(n.nspowner), pg_get_userbyid(a.grantee), a.privilege_type, a.is_grantable
          FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = %(schema)s
    """,
    "rights on what comes later": """
        SELECT pg_get_userbyid(d.defaclrole), d.defaclobjtype, pg_get_userbyid(a.grantee), a.privilege_type
          FROM pg_default_acl d, aclexplode(d.defaclacl) a WHERE d.defaclnamespace = to_regnamespace(%(schema)s)
    """,
    "the role": """
        SELECT r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcanlogin, r.rolbypassrls, r.rolconfig,
               pg_get_userbyid(m.member), m.admin_option, to_jsonb(m) ->> 'inherit_option', to_jsonb(m) ->> 'set_option'
          FROM pg_roles r LEFT JOIN pg_auth_members m ON m.roleid = r.oid
         WHERE r.rolname IN (%(schema)s, %(schema)s || '_narrow')
    """,
    "row-level security": """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, p.polcmd, p.polpermissive,
               p.polroles::regrole[]::text, pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid)
          FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
         WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relkind = 'r'
    """,
    "other things": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = to_regnamespace(%(schema)s)
        UNION ALL
        SELECT typname, typtype::text FROM pg_type
         WHERE typnamespace = to_regnamespace(%(schema)s) AND typtype NOT IN ('b', 'c')
        UNION ALL
        SELECT tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE c.relnamespace = to_regnamespace(%(schema)s) AND NOT t.tgisinternal
    """,
}


def catalogue(schema_name: str) -> dict[str, list[str]]:
    """The answers as sorted text, with the schema's own name replaced."""
    with connections["owner"].cursor() as cursor:
        answers = {}
        for question, statement in QUESTIONS.items():
            cursor.execute(statement, {"schema": schema_name})
            answers[question] = sorted(str(row).replace(schema_name, "<own>") for row in cursor.fetchall())
        return answers


def rows(schema_name: str) -> dict[str, list[str]]:
    """Every row of every table, but for when a migration was applied."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace", [schema_name]
        )
        tables = [table for (table,) in cursor.fetchall()]
        found = {}
        for table in tables:
            columns = "app, name" if table == "django_migrations" else "*"
            cursor.execute(f"SELECT {columns} FROM {schema_name}.{table}")
            found[table] = sorted(map(str, cursor.fetchall()))
        return found
