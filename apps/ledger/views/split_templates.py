"""The household's split templates."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.core.numbers import whole_number
from apps.households.answers import did, refusal
from apps.households.asking import ask
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger import journal, splitting
from apps.ledger.forms.splits import BasePartFormSet, TemplateForm, lines_of_parts, lines_sent, part_forms
from apps.ledger.models import SplitTemplate
from apps.ledger.references import references
from apps.ledger.split_templates import add_template, delete_template, edit_template
from apps.ledger.views.answers import done
from apps.ledger.views.part_pages import part_page


@allow(get=VIEWER)
def templates(request: HouseholdRequest) -> HttpResponse:
    shown = SplitTemplate.objects.prefetch_related("parts__tag")
    return render(request, "ledger/split_templates.html", {"templates": shown, "currency": request.household.currency})


@allow(get=MEMBER, post=MEMBER)
def new(request: HouseholdRequest) -> HttpResponse:
    if request.method == "GET":
        return _page(request, TemplateForm(), part_forms(lines=[{"unit": "percent"}, {"unit": "rest"}]))
    name, forms = TemplateForm(request.POST), part_forms(request.POST)
    problem = ""
    if name.is_valid() and forms.is_valid():

        def deed() -> None:
            template, changeset = add_template(name.cleaned_data["name"], forms.parts, actor_id=request.user.pk)
            done(request, changeset, f"“{template}” is one of your split templates now.")

        problem = refusal(deed)
        if not problem:
            return redirect("ledger:split_templates")
    return _page(request, name, forms, problem=problem, status=422)


@allow(get=VIEWER, post=MEMBER)
def template(request: HouseholdRequest, template_id: int) -> HttpResponse:
    """Its name and its parts. Rows that were split by it stay as they are."""
    shown = get_object_or_404(SplitTemplate, pk=template_id)
    if request.method == "GET":
        lines = lines_of_parts(splitting.parts_of(shown))
        return _page(request, TemplateForm(initial={"name": shown.name}), part_forms(lines=lines), shown=shown)
    name, forms = TemplateForm(request.POST), part_forms(request.POST)
    problem = ""
    if name.is_valid() and forms.is_valid():

        def deed() -> None:
            journal.refuse_stale([shown.pk], whole_number(request.POST.get("as_of", "")), model=SplitTemplate)
            changeset = edit_template(shown, name.cleaned_data["name"], forms.parts, actor_id=request.user.pk)
            done(request, changeset, "The template was changed. Rows that were split by it stay as they are.")

        problem = refusal(deed)
        if not problem:
            return redirect("ledger:split_templates")
    return _page(request, name, forms, shown=shown, problem=problem, status=422)


@allow(post=MEMBER)
def add_part(request: HouseholdRequest) -> HttpResponse:
    """The page of a template as it is filled in, with a line more; keeps nothing."""
    asked = whole_number(request.POST.get("template", ""))
    shown = None if asked is None else SplitTemplate.objects.filter(pk=asked).first()
    name = TemplateForm(initial={"name": request.POST.get("name", "")})
    as_of = whole_number(request.POST.get("as_of", ""))
    return _page(request, name, part_forms(lines=lines_sent(request.POST)), shown=shown, as_of=as_of)


@allow(get=MEMBER, post=MEMBER)
def delete(request: HouseholdRequest, template_id: int) -> HttpResponse:
    """Refused while a rule uses it."""
    shown = get_object_or_404(SplitTemplate, pk=template_id)
    if request.method == "GET":
        question, told = f"Delete the split template “{shown}”?", "Rows that were split by it stay as they are."
        back = reverse("ledger:split_template", args=[shown.pk])
        return ask(request, question, told=told, button="Delete the template", back=back)

    def deed() -> None:
        done(request, delete_template(shown, actor_id=request.user.pk), f"“{shown}” was deleted.")

    did(request, deed)
    return redirect("ledger:split_templates")


def _page(
    request: HouseholdRequest,
    name: TemplateForm,
    forms: BasePartFormSet,
    shown: SplitTemplate | None = None,
    **told: Any,
) -> HttpResponse:
    """`told`: what `part_page` knows of how far the person is."""
    context = {"template": shown, "used_by": references(shown) if shown else []}
    return part_page(request, "ledger/split_template.html", context, forms, name, **told)
