"""The mapper: which column of a file is which, and how its cells are written. What the file leaves open is asked."""

from dataclasses import replace
from typing import Any, cast

from django import forms

from apps.imports.dialect_form import DialectForm
from apps.imports.mapper_posts import INDICATOR, MONEY, MORE, PAIR, digest
from apps.imports.mapper_start import answer_before, columns_before, dialect_before
from apps.imports.parsers import NAME, Guess, InvalidMapping, Question, Recipe
from apps.imports.parsers.delimited import SEPARATORS
from apps.imports.parsers.questions import AS_WRITTEN, DATE_ORDER, DECIMAL_MARK, SIGN
from apps.imports.parsers.text import CHARSETS

FIRST_LINE = [("yes", "names the columns"), ("no", "is a transaction already")]
ANSWERED = {DATE_ORDER: "date_format", DECIMAL_MARK: "decimal", SIGN: "sign"}
"""A question takes the place of the field that it decides."""
FOLDED = (
    *("skip", "footer_lines", "merchant_split", "merchant_first_words", "merchant_prefixes", "merchant_suffixes"),
    *("separator", "charset", "header_line", "has_header"),
)
UNANSWERED = "The file does not say, and a guess could be wrong. Please choose one."


class MapperForm(DialectForm):
    """`recipe` and `guess.signature` are what is to be kept, once the form is valid."""

    date = forms.TypedChoiceField(label="Date", coerce=int)
    description = forms.TypedMultipleChoiceField(
        label="Description",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Several are put one behind the other.",
    )
    money = forms.ChoiceField(
        label="How the file writes money",
        widget=forms.RadioSelect,
        choices=[(key, label) for key, (label, _) in MONEY.items()],
    )
    amount = forms.TypedChoiceField(label="Amount", coerce=int, required=False, empty_value=None)
    debit = forms.TypedChoiceField(label="Money out", coerce=int, required=False, empty_value=None)
    credit = forms.TypedChoiceField(label="Money in", coerce=int, required=False, empty_value=None)
    indicator = forms.TypedChoiceField(label="Out or in", coerce=int, required=False, empty_value=None)
    separator = forms.ChoiceField(label="Columns are separated by", required=False)
    charset = forms.ChoiceField(label="Character set", required=False)
    header_line = forms.IntegerField(label="The table begins on line", min_value=1, max_value=10_000, required=False)
    has_header = forms.ChoiceField(label="Its first line", required=False, choices=FIRST_LINE)
    name = forms.CharField(label="Name of this format", max_length=80, required=False)
    remember = forms.BooleanField(label="Remember this for the next file", required=False)

    def __init__(self, data: Any = None, *, guess: Guess, base: Recipe | None = None, name: str = "") -> None:
        self.guess = guess
        self.open = {question.kind: question for question in guess.questions if question.kind in ANSWERED}
        started = {"name": name, "remember": True, "headers": digest(guess), "asked": ",".join(sorted(self.open))}
        super().__init__(data, base=base, initial=columns_before(guess, base) | dialect_before(guess, base) | started)
        # Whether a column's cells are asked about changes with the column; what the page did not have is found out.
        for name in ANSWERED.values():
            self.fields[name].required = False
        self._offer()
        for kind, question in self.open.items():
            self._ask(kind, question)

    def _offer(self) -> None:
        columns = [(str(at), header or f"Column {at + 1}") for at, header in enumerate(self.guess.headers)]
        asked = self.guess.roles.asked
        for role, label in MORE.items():
            self.fields[role] = forms.TypedChoiceField(label=label, coerce=int, required=False, empty_value=None)
        for role in ("date", "amount", "debit", "credit", "indicator", *MORE):
            self._choose(role, [("", "—"), *columns])
        self._choose("description", columns)
        for role in {"date", "amount"} & asked.keys():
            self.fields[role].widget = forms.RadioSelect()
            self.fields[role].label = asked[role].sentence
            self._choose(role, list(asked[role].options))
        self._choose("separator", [("", "found by itself"), *((name, name) for name in SEPARATORS.values())])
        self._choose("charset", [("", f"{self.guess.encoding}, as found"), *CHARSETS.items()])
        if not self.guess.is_text:
            del self.fields["separator"], self.fields["charset"]
        self.fields["header_line"].widget.attrs["placeholder"] = f"found: line {self.guess.line}"

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def _ask(self, kind: str, question: Question) -> None:
        del self.fields[ANSWERED[kind]]
        self.fields[f"answer_{kind}"] = forms.ChoiceField(
            label=question.sentence,
            choices=list(question.options),
            widget=forms.RadioSelect,
            initial=answer_before(self.base, kind),
            error_messages={"required": UNANSWERED},
        )

    @property
    def asked_roles(self) -> list[str]:
        return sorted({"date", "amount"} & self.guess.roles.asked.keys())

    @property
    def questions(self) -> list[forms.BoundField]:
        """What only the person can answer, each with its choices."""
        return [self[name] for name in (*self.asked_roles, *(f"answer_{kind}" for kind in self.open))]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[role] for role in MORE]

    @property
    def has_errors_below(self) -> bool:
        """Whether one of the fields that are folded away is wrong."""
        return bool(self.errors.keys() & {*MORE, *FOLDED})

    @property
    def is_stale(self) -> bool:
        """Whether the page that was sent shows other columns or other questions than the file has by now."""
        return self.has_other_columns or self.data.get("asked", "") != self.initial["asked"]

    @property
    def has_other_columns(self) -> bool:
        return self.is_bound and self.data.get("headers") != digest(self.guess)

    @property
    def is_open(self) -> bool:
        """Whether a question waits for its answer, so that the preview shows one of two readings."""
        return any(bound.value() in {None, ""} for bound in self.questions)

    def proposal(self) -> Recipe | None:
        """The recipe as far as it goes, for the preview; of what is not answered the first possibility."""
        try:
            values = {name: field.initial for name, field in self.fields.items()} | {**self.initial}
            return self._built(values | self.cleaned_data if self.is_bound else values)
        except InvalidMapping:
            return None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        _, needed = MONEY.get(data.get("money", ""), ("", ()))
        if needed == MONEY[PAIR][1]:
            if data.get("debit") is None and data.get("credit") is None:
                self.add_error("debit", "Choose the column of money out, of money in, or both.")
        else:
            for role in needed:
                if role not in self.errors and data.get(role) is None:
                    self.add_error(role, "Choose the column.")
        if data.get("money") == INDICATOR and data.get("indicator") is not None:
            self._clean_words(data)
        if not self.errors:
            self._finish(data)
        if data.get("remember") and not data.get("name", "").strip():
            self.add_error("name", "Give the format a name, or do not have it remembered.")
        return data

    def _clean_words(self, data: dict[str, Any]) -> None:
        roles = self.guess.roles
        data["out_values"] = data.get("out_values") or roles.out_values
        data["in_values"] = data.get("in_values") or roles.in_values
        if not data["out_values"] or not data["in_values"]:
            at = data["indicator"]
            held = sorted({row[at].strip() for row in self.guess.sample if at < len(row) and row[at].strip()})
            told = f" The column has: {', '.join(held[:6])}." if held else ""
            self.add_error("out_values", f"Say which words mean money out and which mean money in.{told}")

    def _finish(self, data: dict[str, Any]) -> None:
        try:
            self.recipe = self._built(data)
        except InvalidMapping as problem:
            self.refuse(problem)
            return
        if self.recipe is None:
            self.add_error(None, self.guess.problem or " ".join(one.sentence for one in self.guess.questions))

    def _built(self, values: dict[str, Any]) -> Recipe | None:
        given = {kind: values.get(f"answer_{kind}") or "" for kind in self.open}
        recipe = self.guess.answered({kind: answer for kind, answer in given.items() if answer})
        if recipe is None:
            return None
        dialect, cut = recipe.dialect, self.guess.cut
        sign = given.get(SIGN) or values.get("sign") or AS_WRITTEN
        written = {
            "date_format": values.get("date_format") or dialect.dates[0],
            "decimal": values.get("decimal") or dialect.decimal or ".",
            "sign": sign,
            "out_values": values.get("out_values") or self.guess.roles.out_values,
            "in_values": values.get("in_values") or self.guess.roles.in_values,
            "skip": values.get("skip") or (),
        }
        if self.open.keys() & {DATE_ORDER}:
            written["date_format"] = dialect.dates[0]
        recipe = replace(recipe, name=values.get("name") or NAME, dialect=replace(dialect, charset=cut.charset))
        if not cut.has_header:
            recipe = replace(recipe, width=len(self.guess.headers))
        return self.overlaid(recipe, values | written)
