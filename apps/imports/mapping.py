"""How a file is to be read, looked at with the person: what is known of it, what it shows, what was decided."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Any, BinaryIO, cast

from django.db import transaction

from apps.core.numbers import whole_number
from apps.imports import formats
from apps.imports.mapper_form import MapperForm
from apps.imports.mapper_posts import chosen_of, cut_of, suggested_name
from apps.imports.models import ImportFile, ImportFormat
from apps.imports.parsers import (
    AmbiguousFile,
    Guess,
    InvalidMapping,
    ParsedRow,
    Question,
    Recipe,
    Row,
    UnreadableFile,
    UnreadableRow,
    built_in,
    guess,
    preview,
    review,
)
from apps.imports.parsers.structured import STRUCTURED
from apps.imports.statements import has_all_parts
from apps.imports.states import State, move
from apps.tenancy.planes import LEDGER

CAN_BE_MAPPED = (State.NEEDS_COLUMNS, State.READ)


def can_be_corrected(file: ImportFile) -> bool:
    """Whether there is anything that the person could say of how it is read."""
    if file.part or not has_all_parts(file):
        # Read anew is the whole file, by the statement that was the first of it.
        return False
    return (
        file.state == State.NEEDS_COLUMNS
        or bool(file.answers)
        or file.format not in {known.key for known in STRUCTURED}
    )


def questions_of(file: ImportFile, content: IO[bytes]) -> tuple[Question, ...]:
    """What must be answered of a file that is known but for that; of a file with chosen columns the mapper asks."""
    if file.recipe:
        return ()
    file.answers, kept = None, file.answers
    try:
        formats.open_file(file, cast("BinaryIO", content))
    except AmbiguousFile as asked:
        return asked.questions
    except UnreadableFile:
        return ()
    finally:
        file.answers = kept
    return ()


def format_of(format_id: str) -> ImportFormat | None:
    """The format that the person wants to begin with."""
    number = whole_number(format_id)
    return None if number is None else ImportFormat.objects.filter(pk=number).first()


def known_recipe(file: ImportFile, begun_with: ImportFormat | None) -> Recipe | None:
    """By which the file was read so far, or the format that the person wants to begin with."""
    if begun_with:
        return formats.recipe_of(begun_with)
    if file.recipe:
        try:
            return Recipe.from_json(file.recipe)
        except InvalidMapping:
            return None
    if file.saved_format:
        return formats.recipe_of(file.saved_format)
    return next((one for one in built_in() if one.key == file.format), None)


def form_of(file: ImportFile, content: BinaryIO, data: Any, begun_with: ImportFormat | None) -> MapperForm:
    """The form for the file as it is cut by now. Raises UnreadableFile."""
    base = known_recipe(file, begun_with)
    known = begun_with or file.saved_format
    name = known.name if known else suggested_name(file.name)
    reviewed = _reviewed(content, base) if base else None
    base = base if reviewed else None
    if data is None:
        return MapperForm(guess=reviewed or guess(content), base=base, name=name)
    looked_at = guess(content, cut_of(data), chosen_of(data))
    return MapperForm(data, guess=looked_at, base=base, name=name)


def form_anew(content: BinaryIO, form: MapperForm) -> MapperForm:
    """For other columns than those the person saw: nothing of what was chosen holds."""
    name = str(form.data.get("name", ""))[:80]
    return MapperForm(guess=guess(content, cut_of(form.data)), name=name)


def _reviewed(content: BinaryIO, base: Recipe) -> Guess | None:
    try:
        return review(content, base)
    except UnreadableFile:
        return None


def read_so(file: ImportFile, form: MapperForm, begun_with: ImportFormat | None) -> None:
    """Has the file read as the form says, and keeps it for the next file if so wanted.

    Raises FormatExists, or NotNow if another page was quicker; then nothing was kept.
    """
    assert form.recipe is not None, "only of a form that is valid"
    data, recipe = form.cleaned_data, form.recipe
    with transaction.atomic(using=LEDGER):
        taught = None
        if data["remember"]:
            name = data["name"].strip()
            known = begun_with if begun_with and begun_with.name.casefold() == name.casefold() else file.saved_format
            taught = formats.teach(name=name, signature=form.guess.signature, recipe=recipe, known=known)
        stored = taught.recipe if taught else recipe.to_json()
        move(file, CAN_BE_MAPPED, State.UPLOADED, recipe=stored, saved_format=taught, answers=None)


@dataclass(frozen=True)
class PreviewRow:
    """One record as it would be read, or why not."""

    line: int
    date: date | None
    amount: Decimal | None
    description: str
    merchant: str
    verdict: str
    reason: str


def preview_rows(content: BinaryIO, recipe: Recipe | None) -> list[PreviewRow]:
    return [_shown(row) for row in preview(content, recipe)] if recipe else []


def _shown(row: Row) -> PreviewRow:
    if isinstance(row, ParsedRow):
        return PreviewRow(row.line, row.date, row.amount, row.description, row.merchant, "new", "")
    if isinstance(row, UnreadableRow):
        return PreviewRow(row.line, None, None, row.text, "", "unreadable", row.reason)
    reason = getattr(row, "reason", "A balance, no transaction.")
    return PreviewRow(row.line, None, None, row.text, "", "left_out", reason)
