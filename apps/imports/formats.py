"""The formats that people teach: kept by the names of their columns, found again for the next file of that shape."""

from dataclasses import replace
from typing import BinaryIO

from django.db.models import F
from django.utils import timezone

from apps.core.errors import ExpectedError
from apps.imports.models import AccountHint, ImportFile, ImportFormat
from apps.imports.parsers import (
    KEY,
    AmbiguousFile,
    Answers,
    InvalidMapping,
    Recipe,
    Statement,
    Taught,
    UnreadableFile,
    open_statement,
    recognise,
)


class FormatExists(ExpectedError):
    """Another format has the name, or reads files with these columns."""


def open_file(file: ImportFile, content: BinaryIO, *, format_key: str | None = None) -> Statement:
    """The statement: as a person said for this file, else by a format that was taught, else by what it looks like.

    Sets `saved_format` to the one that reads it. Raises what `open_statement` raises.
    """
    answers = Answers.from_json(file.answers) if file.answers else None
    if file.recipe:
        return open_statement(content, recipe=Recipe.from_json(file.recipe), answers=answers)
    file.saved_format = None
    taught = recall(content) if format_key is None else None
    if taught is not None:
        try:
            opened = open_statement(content, recipe=Recipe.from_json(taught.recipe), answers=answers)
        except AmbiguousFile:
            file.saved_format = taught
            raise
        except UnreadableFile:
            # It does not fit this file; others may, or the person is asked.
            pass
        else:
            file.saved_format = taught
            return opened
    return open_statement(content, format=format_key, answers=answers)


def recall(content: BinaryIO) -> ImportFormat | None:
    """The format that was taught for files like this one."""
    known = {one.pk: one for one in ImportFormat.objects.all()}
    taught = []
    for one in known.values():
        recipe = recipe_of(one)
        if recipe is not None:
            taught.append(Taught(one.pk, one.signature, recipe))
    found = recognise(content, taught) if taught else None
    return known[found.key] if found else None


def recipe_of(known: ImportFormat) -> Recipe | None:
    """None where what was kept is no recipe any more."""
    try:
        return Recipe.from_json(known.recipe)
    except InvalidMapping:
        return None


def teach(*, name: str, signature: str, recipe: Recipe, known: ImportFormat | None = None) -> ImportFormat:
    """Keeps the recipe for files with these column names; what was known of them, or `known`, is replaced.

    Raises FormatExists if the name is that of another format.
    """
    kept = ImportFormat.objects.filter(signature=signature).first() if signature else None
    if kept is None and known is not None and not (signature and known.signature):
        kept = known
    kept = kept or ImportFormat(signature=signature)
    refuse_name(name, kept)
    kept.name, kept.recipe = name, replace(recipe, key=KEY, name=name).to_json()
    kept.signature = signature or kept.signature
    kept.save()
    return kept


def refuse_name(name: str, kept: ImportFormat) -> None:
    if ImportFormat.objects.filter(name__iexact=name).exclude(pk=kept.pk or 0).exists():
        raise FormatExists(f"“{name}” is a format for files with other columns already. Choose another name.")


def rewrite(known: ImportFormat, *, name: str, recipe: Recipe) -> None:
    """Another name, another recipe for the same files. Raises FormatExists if the name is that of another format."""
    refuse_name(name, known)
    known.name, known.recipe = name, replace(recipe, key=KEY, name=name).to_json()
    known.save(update_fields=["name", "recipe"])


def count_use(file: ImportFile) -> None:
    """A file that was read by a format has come in."""
    used = ImportFormat.objects.filter(import_files=file)
    used.update(use_count=F("use_count") + 1, used_at=timezone.now())


def forget(known: ImportFormat) -> None:
    """Imports that were read by it stay. What its files call accounts goes with it."""
    AccountHint.objects.filter(format=ImportFile(format=KEY, saved_format=known).shape).delete()
    known.delete()
