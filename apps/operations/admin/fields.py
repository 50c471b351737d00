"""Lists that operators type: names one does not show in a choice (there are many, and they are people's), so by id."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.text import get_text_list


class TypedList(forms.CharField):
    """Rows of a table by what identifies them there, one on each line. What is not found is named."""

    def __init__(self, rows: "QuerySet[Any]", *, by: str, what: str, **named: Any) -> None:
        self.rows, self.by, self.what = rows, by, what
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 4, "cols": 40}), **named)

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return "\n".join(sorted(self._name(row) for row in value))

    def clean(self, value: Any) -> list[Any]:
        names = {name.lower() for name in super().clean(value).replace(",", " ").split()}
        found = list(self.rows.filter(**{f"{self.by}__in": names}))
        if unknown := sorted(names - {self._name(row).lower() for row in found}):
            raise forms.ValidationError(f"There is no {self.what} {get_text_list(unknown, 'or')}.")
        return found

    def has_changed(self, initial: Iterable[Model] | None, data: Any) -> bool:
        return {self._name(row).lower() for row in initial or []} != {*(data or "").lower().replace(",", " ").split()}

    def _name(self, row: Any) -> str:
        return str(getattr(row, self.by))
