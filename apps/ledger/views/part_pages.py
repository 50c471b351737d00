"""The parts of an amount on a page: those of a row, and those of a template."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from apps.households.requests import HouseholdRequest
from apps.ledger.forms.splits import BasePartFormSet, TemplateForm
from apps.ledger.models import Revision


def part_page(
    request: HouseholdRequest,
    template: str,
    context: dict[str, Any],
    forms: BasePartFormSet,
    name: TemplateForm,
    *,
    problem: str = "",
    as_of: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """`as_of`: the version of the data that the form was opened with, if it is drawn again before anything is kept."""
    parts = {"forms": forms, "name": name, "problem": problem, "revision": as_of or Revision.current()}
    return render(request, template, context | parts, status=status)
