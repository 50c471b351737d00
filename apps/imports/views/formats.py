"""The formats that people taught: looked over, corrected, tried out, exported and taken in."""

import json
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from apps.core.errors import ExpectedError
from apps.households.answers import all_or_nothing, did
from apps.households.asking import ask
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.imports import format_files, mapping, uploads
from apps.imports import formats as taught
from apps.imports.format_form import LABELS, FormatForm, written
from apps.imports.models import ImportFormat
from apps.imports.parsers import Recipe


@allow(get=VIEWER)
def formats(request: HouseholdRequest) -> HttpResponse:
    return _list(request)


def _list(request: HouseholdRequest, problem: str = "", status: int = 200) -> HttpResponse:
    shown = [(one, columns_in_words(taught.recipe_of(one))) for one in ImportFormat.objects.all()]
    return render(request, "imports/formats.html", {"formats": shown, "problem": problem}, status=status)


def columns_in_words(recipe: Recipe | None) -> str:
    """Date: Buchungstag · Description: Empfänger, Zweck · Amount: Betrag."""
    if recipe is None:
        return "This format cannot be read any more; delete it, and teach it again."
    told = {"description": ", ".join(map(written, recipe.columns.description))}
    told |= {role: written(getattr(recipe.columns, role)) for role in LABELS}
    order = ("date", "description", "amount", "debit", "credit", "indicator")
    labels = {"description": "Description"} | LABELS
    return " · ".join(f"{labels[role]}: {told[role]}" for role in order if told[role])


@allow(post=MEMBER)
def take_in(request: HouseholdRequest) -> HttpResponse:
    """Keeps a format that was exported, here or from the single-user app."""
    file = request.FILES.get("file")
    if file is None:
        return _list(request, "Choose the file of a format.", 422)
    try:
        with all_or_nothing():
            kept = format_files.take_in(file.read(format_files.MAX_BYTES + 1))
    except ExpectedError as error:
        return _list(request, str(error), 422)
    told = "" if kept.signature else " Begin with it the next time you say how a file is to be read."
    messages.success(request, f"“{kept.name}” is one of your formats now.{told}")
    return redirect("imports:formats")


@allow(get=MEMBER, post=MEMBER)
def edit(request: HouseholdRequest, format_id: int) -> HttpResponse:
    """Its name and all of its fields, without a file at hand."""
    shown = get_object_or_404(ImportFormat, pk=format_id)
    form = _form(request, shown)
    if form is None:
        return redirect("imports:formats")
    if form.is_valid() and form.recipe is not None:
        try:
            with all_or_nothing():
                taught.rewrite(shown, name=form.cleaned_data["name"], recipe=form.recipe)
        except ExpectedError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"“{shown.name}” was changed. Files that were read before stay as they are.")
            return redirect("imports:formats")
    return _page(request, shown, form, status=422 if form.is_bound else 200)


@allow(post=MEMBER)
def try_out(request: HouseholdRequest, format_id: int) -> HttpResponse:
    """Shows how the fields, as they are on the page, would read a file; keeps neither."""
    shown = get_object_or_404(ImportFormat, pk=format_id)
    form, sample = _form(request, shown), request.FILES.get("sample")
    if form is None:
        return redirect("imports:formats")
    rows: list[mapping.PreviewRow] = []
    problem = ""
    if sample is None:
        problem = "Choose a file to try it with."
    elif form.is_valid() and form.recipe is not None:
        try:
            uploads.check_size(sample.size or 0)
            rows = mapping.preview_rows(cast("BinaryIO", sample.file), form.recipe)
        except ExpectedError as error:
            problem = str(error)
    told = {"rows": rows, "problem": problem, "sample_name": sample.name if sample else ""}
    return _page(request, shown, form, status=422 if problem or form.errors else 200, **told)


def _form(request: HouseholdRequest, shown: ImportFormat) -> FormatForm | None:
    """None, with a sentence, where what was kept is no recipe any more."""
    recipe = taught.recipe_of(shown)
    if recipe is None:
        messages.error(request, columns_in_words(None))
        return None
    return FormatForm(request.POST if request.method == "POST" else None, base=recipe, name=shown.name)


def _page(
    request: HouseholdRequest, shown: ImportFormat, form: FormatForm, *, status: int, **told: Any
) -> HttpResponse:
    return render(
        request, "imports/format.html", {"format": shown, "form": form, "currency": "", **told}, status=status
    )


@allow(get=VIEWER)
def export(request: HouseholdRequest, format_id: int) -> HttpResponse:  # noqa: ARG001
    shown = get_object_or_404(ImportFormat, pk=format_id)
    content = json.dumps(format_files.exported(shown), indent=1, ensure_ascii=False)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{shown.name}.wallet-format.json")
    return response


@allow(get=MEMBER, post=MEMBER)
def delete(request: HouseholdRequest, format_id: int) -> HttpResponse:
    """What was imported by it stays; the next such file is asked about again."""
    shown = get_object_or_404(ImportFormat, pk=format_id)
    if request.method == "GET":
        told = "What was imported by it stays. The next such file is asked about again."
        back = reverse("imports:format", args=[shown.pk])
        return ask(request, f"Delete the format “{shown.name}”?", told=told, button="Delete the format", back=back)
    if did(request, lambda: taught.forget(shown)):
        messages.success(request, f"“{shown.name}” was deleted. What was imported by it stays.")
    return redirect("imports:formats")
