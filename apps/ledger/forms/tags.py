"""The forms of tags: a new one, its look, and the tag that takes the place of another."""

from typing import Any, cast

from django import forms

from apps.ledger.models import Tag
from apps.ledger.tagging import BUCKET, COLOURS, OCCASION, BadNamespace, Look, heading, namespace_of

NEW_NAMESPACE = "new"


class LookForm(forms.Form):
    """Name, colour and description of a tag."""

    name = forms.CharField(label="Name", max_length=80, widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}))
    colour = forms.TypedChoiceField(
        label="Colour", coerce=int, choices=list(COLOURS.items()), initial=1, widget=forms.RadioSelect
    )
    description = forms.CharField(
        label="Description",
        max_length=200,
        required=False,
        help_text="What belongs in it, for all of the household.",
        widget=forms.TextInput({"dir": "auto"}),
    )

    @property
    def look(self) -> Look:
        data = self.cleaned_data
        return Look(data["name"], data["colour"], data["description"])


class NewTagForm(LookForm):
    """The same with the kind of the tag, which may be a new one."""

    kind = forms.ChoiceField(label="Kind")
    new_kind = forms.CharField(
        label="Name of the new kind", max_length=40, required=False, help_text="One word for many tags: “trip”."
    )
    field_order = ("kind", "new_kind", "name", "colour", "description")

    def __init__(self, *args: Any, namespaces: list[str], **kwargs: Any) -> None:
        """`namespaces` are those beside buckets and occasions."""
        super().__init__(*args, **kwargs)
        kinds = [
            (BUCKET, "Bucket"),
            (OCCASION, "Occasion"),
            *((one, heading(one)) for one in namespaces),
        ]
        cast("forms.ChoiceField", self.fields["kind"]).choices = [*kinds, (NEW_NAMESPACE, "A new kind …")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == NEW_NAMESPACE and "new_kind" in data:
            try:
                data["kind"] = namespace_of(data["new_kind"])
            except BadNamespace as problem:
                self.add_error("new_kind", str(problem))
        return data


class MergeForm(forms.Form):
    """Another tag of the same kind."""

    into = forms.ModelChoiceField(
        Tag.objects.none(),
        label="Merge into",
        empty_label="Choose …",
        error_messages={"invalid_choice": "This tag is gone, or of another kind. Choose one of the list."},
    )

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Tag]", self.fields["into"])
        field.queryset = Tag.objects.filter(namespace=tag.namespace).exclude(pk=tag.pk)


class DeleteForm(forms.Form):
    """Where the rows of a tag go: to another one of its kind, or nowhere, which has to be said."""

    NOWHERE = "none"
    destination = forms.ChoiceField(label="Its rows go to")

    def __init__(self, *args: Any, tag: Tag, needs_another: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Tag.objects.filter(namespace=tag.namespace).exclude(pk=tag.pk)
        self.others = {str(other.pk): other for other in others}
        nowhere = "No bucket" if tag.namespace == BUCKET else "No other tag"
        choices = [("", "Choose …"), *([] if needs_another else [(self.NOWHERE, nowhere)])]
        choices += [(key, other.name) for key, other in self.others.items()]
        cast("forms.ChoiceField", self.fields["destination"]).choices = choices

    @property
    def into(self) -> Tag | None:
        return self.others.get(self.cleaned_data["destination"])
