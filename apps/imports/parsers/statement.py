"""Opening a statement: character set, format, and a stream of rows."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from .bank_csv import Named, read_bank_csv
from .detection import detect, expect
from .questions import Answers
from .recipe import Recipe
from .recipe_files import open_by_recipe
from .rows import Row
from .sources import Source, TextSource, open_source
from .structured import Opened, StructuredFormat


class Statement:
    """A file whose format is known. What it says of itself is for people; ``format`` is a key of FORMATS
    or of the recipe that was given."""

    def __init__(
        self,
        *,
        format: str,  # noqa: A002 - the word people use
        format_name: str,
        encoding: str,
        dialect: str,
        read: Callable[[], Iterator[Row]],
    ) -> None:
        self.format = format
        self.format_name = format_name
        self.encoding = encoding
        self.dialect = dialect
        self._read: Callable[[], Iterator[Row]] | None = read

    def rows(self) -> Iterator[Row]:
        """Every record in the order of the file, read as it is asked for; once only.

        The stream must stay open, and nobody else may read it meanwhile.
        """
        if self._read is None:
            raise RuntimeError("the rows of a statement can be read once only")
        read, self._read = self._read, None
        return read()


def open_statement(
    stream: BinaryIO,
    *,
    format: str | None = None,  # noqa: A002 - the word people use
    recipe: Recipe | None = None,
    answers: Answers | None = None,
) -> Statement:
    """The statement in a seekable binary file. ``format`` overrides detection, ``recipe`` both; ``answers`` settle
    what the file leaves open.

    Raises UnreadableFile, whose subclasses say why, and nothing else for any content: AmbiguousFile where a person
    must be asked first. A line that cannot be read is no error but an UnreadableRow.
    """
    source = open_source(stream, recipe.dialect.charset if recipe else "")
    if recipe is not None:
        source.refuse_long_lines()
        opened = open_by_recipe(source, recipe, answers)
        return _statement(recipe, source, Opened(opened.dialect, opened.rows))
    found = expect(format, source) if format else detect(source)
    if isinstance(found, StructuredFormat):
        assert isinstance(source, TextSource), "only text is looked at for such formats"
        return _statement(found, source, found.open(source, answers or Answers()))
    source.refuse_long_lines()
    bank, header = found
    if isinstance(bank, Recipe):
        by_recipe = open_by_recipe(source, bank, answers, header)
        return _statement(bank, source, Opened(by_recipe.dialect, by_recipe.rows))
    dialect = " · ".join(filter(None, (source.dialect(header.separator), bank.dates)))
    return _statement(bank, source, Opened(dialect, lambda: read_bank_csv(source, bank, header)))


def _statement(known: Named, source: Source, opened: Opened) -> Statement:
    return Statement(
        format=known.key, format_name=known.name, encoding=source.name, dialect=opened.dialect, read=opened.read
    )
