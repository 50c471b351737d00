"""A taught format without a file at hand: its columns by their names."""

from dataclasses import replace
from typing import Any, cast

from django import forms

from apps.core.numbers import whole_number
from apps.imports.dialect_form import DialectForm
from apps.imports.mapper_posts import MORE
from apps.imports.parsers import ROLES, InvalidMapping, Recipe, RecipeColumns
from apps.imports.parsers.checks import MAX_COLUMN, ColumnRef
from apps.imports.parsers.delimited import SEPARATORS
from apps.imports.parsers.text import CHARSETS

_MONEY = {"amount": "Amount", "debit": "Money out", "credit": "Money in", "indicator": "Out or in"}
LABELS = {"date": "Date"} | _MONEY | MORE
_OF_SEVERAL = " | "


def written(ref: ColumnRef | None) -> str:
    """A column as the form shows it: its name, `#3` for the third, or several of which the first found counts."""
    if ref is None:
        return ""
    if isinstance(ref, tuple):
        return _OF_SEVERAL.join(written(one) for one in ref)
    return ref if isinstance(ref, str) else f"#{ref + 1}"


def read(text: str) -> ColumnRef | None:
    parts = [_one(part.strip()) for part in text.split(_OF_SEVERAL) if part.strip()]
    return None if not parts else parts[0] if len(parts) == 1 else tuple(parts)


def _one(text: str) -> str | int:
    number = whole_number(text.removeprefix("#"), most=MAX_COLUMN)
    return number - 1 if text.startswith("#") and number else text


class FormatForm(DialectForm):
    """`recipe` is what is to be kept, once the form is valid."""

    name = forms.CharField(label="Name", max_length=80)
    description = forms.CharField(
        label="Description", max_length=1000, help_text="Several names of columns between semicolons."
    )
    separator = forms.ChoiceField(label="Columns are separated by", required=False)
    charset = forms.ChoiceField(label="Character set", required=False)
    header_line = forms.IntegerField(
        label="The table begins on line",
        min_value=1,
        max_value=10_000,
        required=False,
        help_text="Empty: where its names stand.",
    )

    def __init__(self, data: Any = None, *, base: Recipe, name: str) -> None:
        columns = {role: written(getattr(base.columns, role)) for role in ROLES}
        dialect = base.dialect
        super().__init__(
            data,
            base=base,
            initial=columns
            | {
                "name": name,
                "description": "; ".join(map(written, base.columns.description)),
                "separator": SEPARATORS.get(dialect.separator, ""),
                "charset": dialect.charset,
                "header_line": dialect.header_line,
                "decimal": dialect.decimal,
            },
        )
        for role, label in LABELS.items():
            self.fields[role] = forms.CharField(label=label, max_length=400, required=role == "date")
        self._choose("separator", [("", "found by itself"), *((one, one) for one in SEPARATORS.values())])
        self._choose("charset", [("", "found by itself"), *CHARSETS.items()])
        if not dialect.decimal:
            self.fields["decimal"].required = False
            self._choose("decimal", [("", "as each file shows"), (".", "1,234.56"), (",", "1.234,56")])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    @property
    def money(self) -> list[forms.BoundField]:
        return [self[role] for role in _MONEY]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[role] for role in MORE]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                self.recipe = self._built(data)
            except InvalidMapping as problem:
                self.refuse(problem)
        return data

    def _built(self, data: dict[str, Any]) -> Recipe:
        assert self.base is not None, "a format has a recipe"
        texts = [ref for part in data["description"].split(";") if (ref := read(part)) is not None]
        refs: dict[str, Any] = {role: read(data[role]) for role in LABELS}
        columns = RecipeColumns(**refs, description=tuple(texts))
        recipe = self.overlaid(self.base, data, columns)
        separator = next((mark for mark, name in SEPARATORS.items() if name == data["separator"]), "")
        dialect = replace(recipe.dialect, separator=separator, charset=data["charset"], header_line=data["header_line"])
        return replace(recipe, dialect=dialect)
