"""A rule as a person fills it in: what it asks, and what it does."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from apps.categorization.conditions import OPERATORS, WITHOUT_VALUE, Field, Operator, cleaned
from apps.categorization.models import CategoryRule, RuleCondition
from apps.core.errors import ExpectedError
from apps.ledger.models import Account, SplitTemplate, Tag

PREFIX = "conditions"
MOST_CONDITIONS = 20
_GONE = {"invalid_choice": "Choose one of the list; that one may have been deleted meanwhile."}
ACTIONS = ("bucket", "split_template", "occasion", "merchant", "note", "marks_transfer", "ignores")


def _said(field: Field, operator: Operator) -> str:
    return f"{field.label} is on day of the month" if operator == Operator.DAY else f"{field.label} {operator.label}"


WHAT = [
    ("", "—"),
    *(
        (field.label, [(f"{field.value}:{one.value}", _said(field, one)) for one in operators])
        for field, operators in OPERATORS.items()
    ),
]
"""Only what can be asked of a field stands under it, so that no pair can be chosen wrongly."""


class ConditionForm(forms.Form):
    """One condition; `condition` is what is kept, once the form is valid. A line with nothing chosen is none."""

    what = forms.ChoiceField(label="Condition", choices=WHAT, required=False)
    value = forms.CharField(label="Value", max_length=200, required=False)
    until = forms.CharField(label="Up to", max_length=40, required=False)
    date = forms.CharField(label="Date", max_length=40, required=False, widget=forms.DateInput(attrs={"type": "date"}))
    date_until = forms.CharField(
        label="Up to", max_length=40, required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    account = forms.ModelChoiceField(
        queryset=Account.objects.none(), required=False, empty_label="Choose …", error_messages=_GONE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.condition: RuleCondition | None = None
        _offer(self, "account", Account.objects.order_by("name"))
        self.fields["value"].widget.attrs |= {"dir": "auto", "autocomplete": "off"}
        self.fields["until"].widget.attrs["placeholder"] = "up to"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") and not self.errors:
            try:
                self.condition = cleaned(self._written(data))
            except ExpectedError as error:
                self.add_error(self._asked_in(data["what"]), str(error))
        elif not data.get("what") and data.get("value"):
            self.add_error("what", "Choose what is asked, or empty the line.")
        return data

    def _written(self, data: dict[str, Any]) -> RuleCondition:
        field, _, operator = data["what"].partition(":")
        is_date = field == Field.DATE and operator != Operator.DAY
        value, until = ("date", "date_until") if is_date else ("value", "until")
        return RuleCondition(
            field=field,
            operator=operator,
            value=data.get(value, ""),
            until=data.get(until, ""),
            account=data.get("account") if field == Field.ACCOUNT else None,
        )

    def _asked_in(self, what: str) -> str:
        """The input that stands beside the choice."""
        field, _, operator = what.partition(":")
        if field == Field.ACCOUNT:
            return "account"
        if operator in WITHOUT_VALUE:
            return "what"
        return "date" if field == Field.DATE and operator != Operator.DAY else "value"


class BaseConditions(forms.BaseFormSet):
    def clean(self) -> None:
        if not any(self.errors) and not self.conditions:
            raise forms.ValidationError("Say at least one thing that a row must be; else the rule took every row.")

    @property
    def conditions(self) -> list[RuleCondition]:
        return [form.condition for form in self.forms if cast("ConditionForm", form).condition is not None]


Conditions = forms.formset_factory(
    ConditionForm, formset=BaseConditions, extra=0, max_num=MOST_CONDITIONS, absolute_max=MOST_CONDITIONS + 1,
    validate_max=True,
)  # fmt: skip


class RuleForm(forms.ModelForm):
    """Everything of a rule but its conditions. Only what the household has now can be chosen."""

    matches_all = forms.TypedChoiceField(
        label="A row must meet",
        choices=[("True", "all of these"), ("False", "one of these")],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        initial="True",
    )

    class Meta:
        model = CategoryRule
        fields = ("name", "group", "matches_all", *ACTIONS)
        labels = {
            "split_template": "Split by",
            "merchant": "Merchant is called",
            "note": "Note",
            "marks_transfer": "It is a transfer between accounts",
            "ignores": "Ignore the row",
        }
        help_texts = {
            "group": "A heading for rules that belong together.",
            "note": "Added to the notes, once.",
            **dict.fromkeys(("name", "merchant", "ignores"), ""),
        }
        error_messages = {"name": {"required": "Give the rule a name."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags = Tag.objects.order_by("sort_order", "name")
        _offer(self, "bucket", tags.filter(namespace=Tag.Namespace.BUCKET))
        _offer(self, "occasion", tags.filter(namespace=Tag.Namespace.OCCASION))
        _offer(self, "split_template", SplitTemplate.objects.all())
        self.fields["group"].widget.attrs["list"] = "groups"
        self.initial["matches_all"] = str(self.initial.get("matches_all", True))

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if CategoryRule.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"There is a rule “{name}” already; give this one another name.")
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("bucket") and data.get("split_template"):
            self.add_error("split_template", "A row has a bucket or is split; choose one of the two.")
        elif not self.errors and not any(data.get(name) for name in ACTIONS):
            raise forms.ValidationError("Say what the rule does: choose a bucket, an occasion, or one of the others.")
        return data


def _offer(form: forms.BaseForm, name: str, choices: "QuerySet[Any]") -> None:
    """Lets the field choose among the open household's rows."""
    field = cast("forms.ModelChoiceField", form.fields[name])
    field.queryset = choices
    field.required = False
    field.empty_label = field.empty_label if name == "account" else "—"
    field.error_messages |= _GONE


def initial_of(condition: RuleCondition) -> dict[str, Any]:
    """A condition that is kept, as the form shows it."""
    is_date = condition.field == Field.DATE and condition.operator != Operator.DAY
    value, until = ("date", "date_until") if is_date else ("value", "until")
    return {
        "what": f"{condition.field}:{condition.operator}",
        value: condition.value,
        until: condition.until,
        "account": condition.account_id,
    }
