"""Splits that come again: kept under a name, changed, and deleted while nothing uses them."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from django.db import IntegrityError

from apps.core.errors import ExpectedError
from apps.ledger import journal
from apps.ledger.journal import Deed
from apps.ledger.models import Changeset, SplitPart, SplitTemplate
from apps.ledger.references import references
from apps.ledger.splitting import BadSplit, Part, refuse_bad_parts, shares


class TemplateNameTaken(ExpectedError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is a split template “{name}” already. Choose another name.")


class TemplateInUse(ExpectedError):
    """Something would lose what it splits by."""


def add_template(name: str, parts: Sequence[Part], *, actor_id: int | None) -> tuple[SplitTemplate, Changeset]:
    """Raises BadSplit for parts that do not fit other amounts, and TemplateNameTaken."""
    _refuse_unfit(parts)
    with _name_is_free(name), _deed(f"Split template “{name}” added", actor_id) as deed:
        template = SplitTemplate.objects.create(name=name)
        deed.made(SplitTemplate, [template.pk])
        _put(deed, template, parts)
    assert deed.changeset is not None, "it made a template"
    return template, deed.changeset


def edit_template(
    template: SplitTemplate, name: str, parts: Sequence[Part], *, actor_id: int | None
) -> Changeset | None:
    """Rows that were split by it stay as they are. Raises as `add_template`."""
    _refuse_unfit(parts)
    with _name_is_free(name), _deed(f"Split template “{name}” changed", actor_id) as deed:
        deed.touch(SplitTemplate.objects.filter(pk=template.pk), "name")
        SplitTemplate.objects.filter(pk=template.pk).update(name=name)
        if [Part(part.tag_id, part.amount, part.percent) for part in template.parts.all()] != list(parts):
            deed.take_out(SplitPart.objects.filter(template=template))
            _put(deed, template, parts)
    return deed.changeset


def delete_template(template: SplitTemplate, *, actor_id: int | None) -> Changeset:
    """Rows that were split by it stay as they are. Raises TemplateInUse."""
    with _deed(f"Split template “{template}” deleted", actor_id) as deed:
        if used := references(template):
            raise TemplateInUse(f"“{template}” is used by {'; '.join(map(str, used))}. Change or delete these first.")
        deed.take_out(SplitPart.objects.filter(template=template))
        deed.take_out(SplitTemplate.objects.filter(pk=template.pk))
    assert deed.changeset is not None, "it took the template out"
    return deed.changeset


def _deed(note: str, actor_id: int | None) -> AbstractContextManager[Deed]:
    return journal.deed(Changeset.Kind.TAGS, actor_id=actor_id, note=note)


def _put(deed: Deed, template: SplitTemplate, parts: Sequence[Part]) -> None:
    made = SplitPart.objects.bulk_create(
        SplitPart(template=template, tag_id=part.tag_id, amount=part.amount, percent=part.percent, sort_order=place)
        for place, part in enumerate(parts)
    )
    deed.made(SplitPart, [part.pk for part in made])


def _refuse_unfit(parts: Sequence[Part]) -> None:
    refuse_bad_parts(parts)
    if not shares(parts):
        raise BadSplit("Amounts alone fit one sum only. Let one part take the rest, so that the template fits others.")


@contextmanager
def _name_is_free(name: str) -> Iterator[None]:
    """The database knows which names are taken, whatever their case."""
    try:
        yield
    except IntegrityError as error:
        if "ledger_split_name_once" not in str(error):
            raise
        raise TemplateNameTaken(name) from None
