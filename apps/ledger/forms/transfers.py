"""What the pages of transfers send."""

from collections.abc import Iterable
from typing import Any

from django import forms

from apps.core.numbers import whole_number
from apps.ledger.transfers import After


def pair_of(value: str) -> tuple[int, int] | None:
    """The two ids of `12-15`; None for anything else."""
    first, _, second = value.partition("-")
    one, other = whole_number(first), whole_number(second)
    return None if one is None or other is None else (one, other)


def pairs_of(values: Iterable[str]) -> list[tuple[int, int]]:
    return [pair for value in values if (pair := pair_of(value)) is not None]


class UnlinkForm(forms.Form):
    """What the two rows are afterwards. `were` says which of them was marked before they were linked, if it is known:
    that is the answer in front, and a third one where one was and one was not.
    """

    after = forms.TypedChoiceField(
        choices=After.choices,
        coerce=After,
        widget=forms.RadioSelect,
        label="What are the two rows afterwards?",
        error_messages={"required": "Choose what the two rows are afterwards."},
    )

    def __init__(self, *args: Any, were: dict[int, bool], **kwargs: Any) -> None:
        marked = set(were.values())
        before = After.AS_BEFORE if len(marked) == 2 else After.TRANSFERS if True in marked else After.ORDINARY
        super().__init__(*args, **kwargs)
        self.initial = {"after": before}
        if before != After.AS_BEFORE:
            self.fields["after"].widget.choices = [one for one in After.choices if one[0] != After.AS_BEFORE]
