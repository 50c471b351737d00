"""An alias as a form; `form.instance` is the alias, not kept yet."""

from typing import Any

from django import forms

from apps.categorization.models import MerchantAlias
from apps.core.errors import ExpectedError
from apps.core.patterns import finder
from apps.core.text import folded

SHORTEST = 2


class AliasForm(forms.ModelForm[MerchantAlias]):
    renames_old = forms.BooleanField(label="Also rename the rows that are here already", required=False, initial=True)

    class Meta:
        model = MerchantAlias
        fields = ("match", "pattern", "merchant", "priority")
        labels = {  # noqa: RUF012 (Django's own way)
            "match": "When",
            "pattern": "this text",
            "merchant": "The merchant is",
            "priority": "Priority",
        }
        help_texts = {  # noqa: RUF012
            "pattern": "As the bank writes it. Upper and lower case, and accents, are all the same.",
            "merchant": "",
            "priority": "If several aliases match, the highest number counts; of equals the older one.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].required = False
        for name in ("pattern", "merchant"):
            self.fields[name].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    def clean_priority(self) -> int:
        return self.cleaned_data["priority"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        pattern, match = cleaned.get("pattern", ""), cleaned.get("match")
        if pattern and (reason := _why_not(pattern, match)):
            self.add_error("pattern", reason)
        return cleaned

    def validate_constraints(self) -> None:
        """The database's own, in our words."""
        same = MerchantAlias.objects.filter(match=self.instance.match, pattern__iexact=self.instance.pattern).exclude(
            pk=self.instance.pk
        )
        if self.instance.pattern and (other := same.first()):
            self.add_error(
                "pattern", f"There is an alias for this text already: it is {other.merchant}. Change that one."
            )


def _why_not(pattern: str, match: str | None) -> str:
    if match == MerchantAlias.Match.REGEX:
        return _why_not_regex(pattern)
    if match == MerchantAlias.Match.CONTAINS and len(folded(pattern)) < SHORTEST:
        return "One letter is in nearly every text. Write at least two."
    return ""


def _why_not_regex(pattern: str) -> str:
    try:
        finds = finder(pattern)
    except ExpectedError as error:
        return str(error)
    return "This regular expression matches every text, even an empty one." if finds("") else ""
