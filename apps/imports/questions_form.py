"""What a file leaves open that has no columns to choose: asked one by one."""

from typing import Any

from django import forms

from apps.imports.mapper_form import UNANSWERED
from apps.imports.parsers import Answers, Question
from apps.imports.parsers.questions import DATE_ORDER, DAY_FIRST, DECIMAL_MARK, MONTH_FIRST


class QuestionsForm(forms.Form):
    """A group of choices for each question; none is chosen beforehand unless the person did so before."""

    def __init__(self, data: Any = None, *, questions: tuple[Question, ...], answers: Answers | None) -> None:
        super().__init__(data, initial=_given(answers) if answers else {})
        for question in questions:
            self.fields[question.kind] = forms.ChoiceField(
                label=question.sentence,
                choices=list(question.options),
                widget=forms.RadioSelect,
                error_messages={"required": UNANSWERED},
            )

    def answers(self) -> Answers:
        given = self.cleaned_data
        order = given.get(DATE_ORDER)
        return Answers(day_first=order == DAY_FIRST if order else None, decimal=given.get(DECIMAL_MARK))


def _given(answers: Answers) -> dict[str, str]:
    given = {} if answers.day_first is None else {DATE_ORDER: DAY_FIRST if answers.day_first else MONTH_FIRST}
    return given | ({DECIMAL_MARK: answers.decimal} if answers.decimal else {})
