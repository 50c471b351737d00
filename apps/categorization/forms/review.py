"""What a person says about one row of the review queue."""

from typing import Any

from django import forms

from apps.categorization.reviewing import Answer
from apps.ledger.models import Tag


class AnswerForm(forms.Form):
    """A suggestion's button sends `bucket`; the list beside it `other`, which counts where no button was chosen."""

    bucket = forms.ModelChoiceField(Tag.objects.none(), required=False)
    other = forms.ModelChoiceField(Tag.objects.none(), required=False, label="Another bucket", empty_label="As it is")
    occasion = forms.ModelChoiceField(Tag.objects.none(), required=False, label="Occasion", empty_label="None")
    notes = forms.CharField(
        required=False, label="Note", max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
    all_of_merchant = forms.BooleanField(required=False)
    as_of = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        buckets = Tag.objects.filter(namespace=Tag.Namespace.BUCKET)
        for name in ("bucket", "other"):
            self._choices(name).queryset = buckets
        self._choices("occasion").queryset = Tag.objects.filter(namespace=Tag.Namespace.OCCASION)

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def answer(self) -> Answer:
        """Of a valid form."""
        said = self.cleaned_data
        return Answer(
            bucket=said["bucket"] or said["other"],
            occasion=said["occasion"],
            notes=said["notes"].replace("\r\n", "\n") if "notes" in self.data else None,
            for_all_of_merchant=said["all_of_merchant"],
        )
