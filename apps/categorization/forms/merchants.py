"""An alias as a form; `form.instance` is the alias, not kept yet."""

from typing import Any

from django import forms

from apps.categorization.models import MerchantAlias
from apps.core.errors import ExpectedError
from apps.core.patterns import finder
from apps.core.text import folded

SHORTEST = 2


class AliasForm(forms.ModelForm):
    renames_old = forms.BooleanField(label="Also rename the rows that are here already", required=False, initial=True)

    class Meta:
        model = MerchantAlias
        fields = ("match", "pattern", "merchant", "priority")
        labels = {
            "match": "When",
            "pattern": "This text",
            "merchant": "The merchant is",
            "priority": "Priority",
        }
        help_texts = {
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
        if "pattern" in cleaned and "match" in cleaned and (reason := self._why_not(**cleaned)):
            self.add_error("pattern", reason)
        return cleaned

    def _why_not(self, *, pattern: str, match: str, **_: Any) -> str:
        if match == MerchantAlias.Match.REGEX and (reason := _why_not_regex(pattern)):
            return reason
        if match == MerchantAlias.Match.CONTAINS and len(folded(pattern)) < SHORTEST:
            return "One letter is in nearly every text. Write at least two."
        same = MerchantAlias.objects.filter(match=match, pattern__iexact=pattern).exclude(pk=self.instance.pk).first()
        return f"There is an alias for this text already: it is {same.merchant}. Change that one." if same else ""


def _why_not_regex(pattern: str) -> str:
    try:
        finds = finder(pattern)
    except ExpectedError as error:
        return str(error)
    return "This regular expression matches every text, even an empty one." if finds("") else ""
