"""How cells are written, which rows stay out and who the merchant is: what the mapper and a format's page both ask."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from django import forms

from apps.imports.mapper_posts import words
from apps.imports.parsers import DATE_FORMATS, Dialect, InvalidMapping, MerchantRule, Recipe, RecipeColumns, SkipRule
from apps.imports.parsers.dates import spoken_format
from apps.imports.parsers.questions import AS_WRITTEN, REVERSED, SPENDING_IS_POSITIVE, UNSIGNED

OR = " or "
"""Between formats of dates of which each file decides."""

_EXAMPLE = dt.datetime(2026, 11, 30, 18, 5, 42)  # noqa: DTZ001 - an example, of no zone
SIGNS = {
    AS_WRITTEN: "A minus is money out",
    SPENDING_IS_POSITIVE: "A minus is money in",
    UNSIGNED: "In the column in, a minus is nothing",
    REVERSED: "In the column out, a minus is money in",
}


def date_choices(also: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Every format by its words and an example."""
    known = dict.fromkeys([*also, *DATE_FORMATS])
    return [(one, f"{spoken_format(one)} · {_example(one)}") for one in known]


def _example(date_format: str) -> str:
    return "2026-11-30T18:05:42Z" if date_format == "iso" else _EXAMPLE.strftime(date_format)


class WordsField(forms.CharField):
    """Words between commas; gives a tuple of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=400, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, tuple | list) else value

    def to_python(self, value: Any) -> Any:
        return words(super().to_python(value) or "")

    def validate(self, value: Any) -> None:
        """Any words will do."""

    def run_validators(self, value: Any) -> None:
        super().run_validators(", ".join(value))


class LinesField(forms.CharField):
    """Texts, one a line; gives a tuple of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=4000, widget=forms.Textarea({"rows": 3}), strip=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, tuple | list) else value

    def to_python(self, value: Any) -> Any:
        return tuple(line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip())

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))


class DialectForm(forms.Form):
    """`base` is the recipe that the form begins with; what the form does not ask stays as it is there."""

    date_format = forms.ChoiceField(label="Dates are written")
    decimal = forms.ChoiceField(label="Decimals are written", choices=[(".", "1,234.56"), (",", "1.234,56")])
    sign = forms.ChoiceField(label="Signs", choices=list(SIGNS.items()))
    out_values = WordsField(label="Words for money out", help_text="Between commas: S, Soll")
    in_values = WordsField(label="Words for money in", help_text="H, Haben")
    skip = LinesField(label="Leave out rows that contain …", help_text="One text a line, as it stands in the row.")
    footer_lines = forms.IntegerField(
        label="Lines at the end to leave out", min_value=0, max_value=100, required=False, initial=0
    )
    merchant_split = forms.CharField(
        label="Merchant ends at one of", max_length=20, required=False, strip=False,
        help_text="Characters, such as * or /. Where no column names the merchant.",
    )  # fmt: skip
    merchant_first_words = forms.IntegerField(
        label="Merchant is the first words", min_value=0, max_value=20, required=False, help_text="How many; 0 for all."
    )
    merchant_prefixes = WordsField(label="Drop before the merchant", help_text="Between commas: SQ *, POS")
    merchant_suffixes = WordsField(label="Drop behind the merchant", help_text="GmbH, INC")

    def __init__(self, data: Any = None, *, base: Recipe | None, initial: dict[str, Any], **kwargs: Any) -> None:
        self.base = base
        self.recipe: Recipe | None = None
        super().__init__(data, initial=(_written(base) if base else {}) | initial, **kwargs)
        known = [initial.get("date_format", ""), *(base.dialect.dates if base else ())]
        offered = date_choices(filter(None, known))
        if base and len(base.dialect.dates) > 1:
            spoken = OR.join(map(spoken_format, base.dialect.dates))
            offered.insert(0, (OR.join(base.dialect.dates), f"{spoken}, as each file shows"))
        cast("forms.ChoiceField", self.fields["date_format"]).choices = offered

    def overlaid(self, recipe: Recipe, values: dict[str, Any], columns: RecipeColumns | None = None) -> Recipe:
        """The recipe with what the form says of it, and with other columns if given. Raises InvalidMapping."""
        columns = columns or recipe.columns
        before = self.base.dialect if self.base else Dialect()
        sign = values["sign"]
        dialect = replace(
            recipe.dialect,
            dates=tuple(values["date_format"].split(OR)),
            decimal=values["decimal"],
            sign=sign if sign == SPENDING_IS_POSITIVE else AS_WRITTEN,
            credit_unsigned=sign == UNSIGNED,
            debit_reversals=sign == REVERSED,
            out_values=values["out_values"] if columns.indicator is not None else (),
            in_values=values["in_values"] if columns.indicator is not None else (),
            footer_lines=values.get("footer_lines") or 0,
            description=before.description,
            fee=before.fee,
            amount_prefix=before.amount_prefix,
        )
        kept = tuple(rule for rule in self.base.skip if not is_plain(rule)) if self.base else ()
        skip = tuple(
            SkipRule(kind="contains", values=(text,), reason=f"The row contains “{text}”.") for text in values["skip"]
        )
        recipe = replace(recipe, columns=columns, dialect=dialect, skip=(*kept, *skip), merchant=self._merchant(values))
        if self.base is None:
            return recipe
        by_currency, currency = self.base.account_by_currency, self.base.currency
        return replace(recipe, account=self.base.account, account_by_currency=by_currency, currency=currency)

    def _merchant(self, values: dict[str, Any]) -> MerchantRule | None:
        before = self.base.merchant if self.base else None
        rule = replace(
            before or MerchantRule(),
            split=values.get("merchant_split") or "",
            first_words=values.get("merchant_first_words") or 0,
            strip_prefixes=values.get("merchant_prefixes") or (),
            strip_suffixes=values.get("merchant_suffixes") or (),
        )
        return rule if before or rule != MerchantRule() else None

    def refuse(self, problem: InvalidMapping) -> None:
        self.add_error(None, str(problem))


def is_plain(rule: SkipRule) -> bool:
    """Whether the text area can say it."""
    return rule.kind == "contains" and rule.column is None and len(rule.values) == 1


def _written(recipe: Recipe) -> dict[str, Any]:
    dialect, merchant = recipe.dialect, recipe.merchant or MerchantRule()
    sign = UNSIGNED if dialect.credit_unsigned else REVERSED if dialect.debit_reversals else dialect.sign
    return {
        "date_format": OR.join(dialect.dates),
        "decimal": dialect.decimal or ".",
        "sign": sign,
        "out_values": dialect.out_values,
        "in_values": dialect.in_values,
        "skip": tuple(rule.values[0] for rule in recipe.skip if is_plain(rule)),
        "footer_lines": dialect.footer_lines,
        "merchant_split": merchant.split,
        "merchant_first_words": merchant.first_words or None,
        "merchant_prefixes": merchant.strip_prefixes,
        "merchant_suffixes": merchant.strip_suffixes,
    }
