"""A lookup for many values at once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, ForeignKey, IntegerField, Lookup, TextField

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


@CharField.register_lookup
@ForeignKey.register_lookup
@IntegerField.register_lookup
@TextField.register_lookup
class OneOf(_Lookup):
    """`pk__one_of=ids`: like `in`, for however many ids or texts: they are one parameter, and `in` may send 65,535."""

    lookup_name = "one_of"

    def get_prep_lookup(self) -> list[Any]:
        values: Iterable[Any] = self.rhs
        return list(values)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        is_text = isinstance(self.lhs.output_field, CharField | TextField)
        kind, value = ("text", self.rhs) if is_text else ("bigint", array_of_ids(self.rhs))
        # As a subquery it is hashed, whatever the planner knows of the list.
        return f"{column} IN (SELECT unnest(%s::{kind}[]))", [*params, value]


def array_of_ids(ids: Iterable[int]) -> str:
    """The array as PostgreSQL writes it: psycopg would look at each of the numbers for what it has to quote."""
    return f"{{{','.join(map(str, map(int, ids)))}}}"
