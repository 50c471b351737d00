"""Where a recipe's columns stand in one file."""

from collections.abc import Sequence

from .bank_csv import Columns
from .checks import ColumnRef
from .errors import UnknownFormat
from .recipe import Recipe
from .recipe_parts import alternatives, column_refs, folded
from .rows import quoted

ABSENT = -1
"""Where every record has an empty cell."""


class Layout:
    """Positions of columns. A name counts before a position where the file has names.

    ``reach`` is how many cells of a row are looked at.
    """

    def __init__(self, recipe: Recipe, names: Sequence[str], written: Sequence[str] = ()) -> None:
        self._names = Columns(names) if names else None
        self._written = written
        refs = (ref for ref in column_refs(recipe.columns) if isinstance(ref, int))
        rules = (rule.column for rule in recipe.skip if isinstance(rule.column, int))
        self.reach = max((*refs, *rules), default=-1) + 1

    def optional(self, ref: ColumnRef | None) -> int:
        """The position, ABSENT if the file does not have the column."""
        if ref is None:
            return ABSENT
        known = alternatives(ref)
        wanted = [folded(name) for name in known if isinstance(name, str)]
        if self._names and wanted:
            return self._names.at(*wanted)
        return next((position for position in known if isinstance(position, int)), ABSENT)

    def needed(self, ref: ColumnRef) -> int:
        """Raises UnknownFormat where the file does not have the column."""
        position = self.optional(ref)
        if position == ABSENT or (self._names and position >= len(self._written)):
            raise missing([tuple(str(one) for one in alternatives(ref))], self._written)
        return position

    def first_of_all(self, refs: Sequence[ColumnRef]) -> list[int]:
        """The positions of those that are there. Raises UnknownFormat if none is."""
        found = [at for at in map(self.optional, refs) if at != ABSENT]
        return found or [self.needed(ref) for ref in refs[:1]]


def missing(names: Sequence[tuple[str, ...]], written: Sequence[str] = (), line: int = 0) -> UnknownFormat:
    """The sentence about columns that are not there. Empty ``written``: no line was taken for the names."""
    wanted = ", ".join(" or ".join(f'"{name}"' for name in alternative) for alternative in names[:4])
    if not written:
        return UnknownFormat(
            f"No line of the file's beginning has the column names {wanted}; choose the columns, or another format."
        )
    shown = quoted(", ".join(name for name in written if name)[:400])
    where = f"Line {line}" if line else "The file"
    return UnknownFormat(
        f"{where} has no column {wanted}, it has {shown}; choose the columns again, or another format."
    )
