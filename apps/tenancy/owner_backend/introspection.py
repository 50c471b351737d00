"""Which tables a schema has, in time that does not grow with the number of households."""

from typing import Any

from django.db.backends.postgresql.introspection import DatabaseIntrospection, TableInfo


class SchemaIntrospection(DatabaseIntrospection):
    """Walks `pg_depend` from the namespace; Django asks every relation of the database whether it is visible,
    which takes a second at 10,000 households."""

    def get_table_list(self, cursor: Any) -> list[Any]:
        cursor.execute(
            """
            SELECT c.relname,
                   CASE WHEN c.relispartition THEN 'p' WHEN c.relkind IN ('m', 'v') THEN 'v' ELSE 't' END,
                   obj_description(c.oid, 'pg_class')
              FROM pg_depend d
              JOIN pg_class c ON c.oid = d.objid
             WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'n'
               AND d.refclassid = 'pg_namespace'::regclass AND d.refobjid = to_regnamespace(%s)
               AND c.relkind IN ('f', 'm', 'p', 'r', 'v')
            """,
            [getattr(self.connection, "schema_name")],  # noqa: B009 (ours has it)
        )
        return [TableInfo(*row) for row in cursor.fetchall() if row[0] not in self.ignored_tables]
