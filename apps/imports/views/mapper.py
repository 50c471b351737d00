"""The mapper: how a file is to be read. Asked where the file does not say, and correctable where it does."""

from typing import Any, BinaryIO

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.core.errors import ExpectedError
from apps.households.answers import Collided, all_or_nothing, did
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, allow
from apps.imports import mapping, pages, uploads
from apps.imports.errors import NotNow, StoredCopyExpired
from apps.imports.formats import FormatExists
from apps.imports.mapper_form import MapperForm
from apps.imports.mapper_posts import digest
from apps.imports.models import ImportFile, ImportFormat
from apps.imports.pages import ShownFile
from apps.imports.parsers import Answers, Question, UnreadableFile
from apps.imports.questions_form import QuestionsForm
from apps.imports.states import State, move
from apps.imports.tasks import order
from apps.imports.views.deeds import do, file_of

ANEW = "The columns are others now. Look them over, and read the file again."
NOT_HERE = "How this statement is read cannot be changed here: its file leaves no choice, or is of other accounts, too."


@allow(get=MEMBER, post=MEMBER)
def columns(request: HouseholdRequest, file_id: int) -> HttpResponse:
    """Asks how the file is to be read, and has it read so."""
    return _with_content(request, file_of(file_id), is_preview=False)


@allow(post=MEMBER)
def preview(request: HouseholdRequest, file_id: int) -> HttpResponse:
    """The same page with the first rows as they would be read by now; nothing is kept."""
    return _with_content(request, file_of(file_id), is_preview=True)


def _with_content(request: HouseholdRequest, shown: ImportFile, *, is_preview: bool) -> HttpResponse:
    if shown.state not in mapping.CAN_BE_MAPPED:
        return redirect(shown)
    if not mapping.can_be_corrected(shown):
        messages.warning(request, NOT_HERE)
        return redirect("imports:start")
    try:
        with uploads.opened(shown) as content:
            asked = mapping.questions_of(shown, content)
            return _ask(request, shown, asked) if asked else _map(request, shown, content, is_preview=is_preview)
    except (StoredCopyExpired, UnreadableFile) as error:
        return _give_up(request, shown, str(error))
    except ExpectedError as error:
        messages.error(request, str(error))
        return redirect("imports:start")


def _give_up(request: HouseholdRequest, shown: ImportFile, reason: str) -> HttpResponse:
    """A file that waits for an answer and cannot be looked at any more will never be read."""
    if shown.state == State.NEEDS_COLUMNS:
        did(request, lambda: move(shown, State.NEEDS_COLUMNS, State.FAILED, error=reason[:500]))
    else:
        messages.error(request, reason)
    return redirect(shown)


def _ask(request: HouseholdRequest, shown: ImportFile, asked: tuple[Question, ...]) -> HttpResponse:
    given = Answers.from_json(shown.answers) if shown.answers else None
    form = QuestionsForm(request.POST if request.method == "POST" else None, questions=asked, answers=given)
    if form.is_valid():
        answers = form.answers().to_json()
        return do(request, shown, lambda: move(shown, mapping.CAN_BE_MAPPED, State.UPLOADED, answers=answers))
    context = {"file": ShownFile.of(shown), "form": form, "cancel_url": pages.address("cancel", shown)}
    return render(request, "imports/questions.html", context, status=422 if form.is_bound else 200)


def _map(request: HouseholdRequest, shown: ImportFile, content: BinaryIO, *, is_preview: bool) -> HttpResponse:
    begun_with = mapping.format_of(request.POST.get("base", "") or request.GET.get("format", ""))
    form = mapping.form_of(shown, content, request.POST if request.method == "POST" else None, begun_with)
    is_stale = form.is_bound and form.is_stale
    is_valid = form.is_valid()
    if is_valid and not is_preview and not form.has_other_columns:
        try:
            return _read_so(request, shown, form, begun_with)
        except FormatExists as error:
            form.add_error("name", str(error))
    proposal = None if form.has_other_columns else form.proposal()
    if is_stale and form.has_other_columns:
        form = mapping.form_anew(content, form)
        proposal = form.proposal()
        if not is_preview:
            messages.warning(request, ANEW)
    elif is_preview:
        # What is not filled in yet is no mistake while the person is still choosing.
        form.errors.clear()
    context = _context(shown, form, begun_with) | {"rows": mapping.preview_rows(content, proposal)}
    status = 422 if request.method == "POST" and not is_preview else 200
    response = render(request, "imports/columns.html", context, status=status)
    if is_stale:
        # Not only the preview is another one.
        response["HX-Retarget"] = response["HX-Reselect"] = "#mapper"
        response["HX-Reswap"] = "outerHTML"
    return response


def _read_so(
    request: HouseholdRequest, shown: ImportFile, form: MapperForm, begun_with: ImportFormat | None
) -> HttpResponse:
    """Raises FormatExists, which the form tells."""
    try:
        with all_or_nothing():
            mapping.read_so(shown, form, begun_with)
    except (NotNow, Collided) as error:
        messages.warning(request, str(error))
    else:
        order(request.household, shown)
    return redirect(shown)


def _context(shown: ImportFile, form: MapperForm, begun_with: ImportFormat | None) -> dict[str, Any]:
    guess = form.guess
    return {
        "file": ShownFile.of(shown),
        "form": form,
        "base": begun_with.pk if begun_with else "",
        "headers_digest": digest(guess),
        "asked": ",".join(sorted(form.open)),
        "evidence": [one.text for one in guess.evidence],
        "problem": guess.problem or "" if guess.recipe is None else "",
        "headers": guess.headers,
        "sample_rows": guess.sample,
        "currency": shown.account.currency if shown.account else shown.currency,
        "columns_url": pages.address("columns", shown),
        "preview_url": pages.address("columns-preview", shown),
        "cancel_url": pages.address("cancel", shown),
        "saved_formats": list(ImportFormat.objects.all()) if not form.is_bound else [],
    }
