"""Making one tag of two, and deleting one: everything that refers to it is told where to turn, and it can be undone."""

from typing import Any

from django.db.models import QuerySet

from apps.core.errors import ExpectedError
from apps.ledger import journal
from apps.ledger.journal import Deed
from apps.ledger.models import Changeset, SavedFilter, SplitPart, Tag, Transaction
from apps.ledger.references import referring
from apps.ledger.saved_filters import LONGEST_QUERY
from apps.ledger.tag_usage import usage
from apps.ledger.tagging import BUCKET
from apps.ledger.tags_in_filters import filters_naming, with_tag_replaced
from apps.tenancy.statements import run

# Two parts of one row that fall together are one; a part that is left alone is the bucket of the whole row.
_JOIN = (
    """
    UPDATE ledger_transactiontag kept SET amount = kept.amount + gone.amount FROM ledger_transactiontag gone
     WHERE gone.transaction_id = kept.transaction_id AND kept.tag_id = %(into)s AND gone.tag_id = %(tag)s
    """,
    """
    DELETE FROM ledger_transactiontag gone USING ledger_transactiontag kept
     WHERE gone.transaction_id = kept.transaction_id AND kept.tag_id = %(into)s AND gone.tag_id = %(tag)s
    """,
    "UPDATE ledger_transactiontag SET tag_id = %(into)s WHERE tag_id = %(tag)s",
    """
    UPDATE ledger_transactiontag kept SET amount = NULL FROM ledger_transaction t
     WHERE kept.transaction_id = ANY(%(ids)s) AND kept.tag_id = %(into)s AND t.id = kept.transaction_id
       AND kept.amount = t.amount
    """,
)
_TAKE = "DELETE FROM ledger_transactiontag WHERE tag_id = %(tag)s"


class NotMerged(ExpectedError):
    """Two tags that cannot become one, or one that cannot be deleted without another in its place."""


def merge_tags(tag: Tag, into: Tag, *, actor_id: int | None) -> Changeset:
    """Whatever refers to `tag` refers to `into` from now on, and `tag` is gone. Raises NotMerged."""
    with journal.deed(Changeset.Kind.TAGS, actor_id=actor_id, note=f"“{tag}” merged into “{into}”") as deed:
        _replace(deed, tag, into)
    assert deed.changeset is not None, "it took the tag out"
    return deed.changeset


def delete_tag(tag: Tag, *, into: Tag | None, actor_id: int | None) -> Changeset:
    """Its rows get the tag `into`, or none. Raises NotMerged where none would leave something without sense."""
    gone = f"Tag “{tag}” deleted"
    note = f"{gone}; its rows went to “{into}”" if into else gone
    with journal.deed(Changeset.Kind.TAGS, actor_id=actor_id, note=note) as deed:
        if into is None:
            _give_up(deed, tag)
        else:
            _replace(deed, tag, into)
    assert deed.changeset is not None, "it took the tag out"
    return deed.changeset


def _replace(deed: Deed, tag: Tag, into: Tag) -> None:
    if into.pk == tag.pk:
        raise NotMerged("Choose another tag than this one.")
    if into.namespace != tag.namespace:
        raise NotMerged(f"“{into}” is of another kind. Only tags of one kind can be merged.")
    _lock(tag, into)
    ids = _touch_rows(deed, tag)
    for statement in _JOIN:
        run(statement, tag=tag.pk, into=into.pk, ids=ids)
    _replace_in_templates(deed, tag, into)
    _replace_in_filters(deed, tag, into)
    for key, rows in referring(tag):
        pks = deed.touch(rows, key.column)
        QuerySet(key.model).filter(pk__in=pks).update(**{key.name: into})
    deed.take_out(Tag.objects.filter(pk=tag.pk))


def _give_up(deed: Deed, tag: Tag) -> None:
    _lock(tag)
    used = usage(tag)
    if used.needs_another:
        rows = f"{used.split_count} split row{'s' if used.split_count > 1 else ''}"
        told = "; ".join([*([rows] if used.split_count else []), *map(str, used.others)])
        raise NotMerged(f"“{tag}” is used by more than whole rows ({told}). Choose the tag that takes its place.")
    _touch_rows(deed, tag)
    run(_TAKE, tag=tag.pk)
    deed.take_out(Tag.objects.filter(pk=tag.pk))


def _lock(*tags: Tag) -> None:
    """So that nobody gives the tag to another row meanwhile."""
    asked = {tag.pk for tag in tags}
    found = Tag.objects.filter(pk__in=asked).order_by("pk").select_for_update().values_list("pk", flat=True)
    if set(found) != asked:
        raise NotMerged("One of the tags is gone since you opened the page. Look at the list of tags.")


def _touch_rows(deed: Deed, tag: Tag) -> list[int]:
    field = "buckets" if tag.namespace == BUCKET else "tags"
    return deed.touch(Transaction.objects.filter(transaction_tags__tag=tag), field)


def _replace_in_templates(deed: Deed, tag: Tag, into: Tag) -> None:
    gone = deed.touch(SplitPart.objects.filter(tag=tag), "tag_id")
    for part in SplitPart.objects.filter(pk__in=gone).select_related("template"):
        kept = SplitPart.objects.filter(template=part.template_id, tag=into).first()
        if kept is None:
            SplitPart.objects.filter(pk=part.pk).update(tag=into)
            continue
        deed.touch(SplitPart.objects.filter(pk=kept.pk), "amount", "percent")
        deed.take_out(SplitPart.objects.filter(pk=part.pk))
        SplitPart.objects.filter(pk=kept.pk).update(**_together(kept, part))


def _together(kept: SplitPart, gone: SplitPart) -> dict[str, Any]:
    """What one part must say in place of two. Raises NotMerged where no part can say it."""
    if kept.amount is not None and gone.amount is not None:
        return {"amount": kept.amount + gone.amount}
    if kept.percent is not None and gone.percent is not None:
        return {"percent": kept.percent + gone.percent}
    shares_whole = not SplitPart.objects.filter(template=gone.template_id, percent__isnull=False).exists()
    is_fixed = kept.amount is not None or gone.amount is not None
    is_rest = any(part.amount is None and part.percent is None for part in (kept, gone))
    if is_rest and (shares_whole or not is_fixed):
        return {"amount": None, "percent": None}
    raise NotMerged(
        f"The split template “{gone.template}” gives one of the two a fixed amount and the other a share. Change or "
        "delete the template first."
    )


def _replace_in_filters(deed: Deed, tag: Tag, into: Tag) -> None:
    for saved in filters_naming(tag):
        query = with_tag_replaced(saved.query, tag, into)
        if len(query) > LONGEST_QUERY:
            raise NotMerged(f"The saved filter “{saved}” would become too long to be kept. Delete it first.")
        deed.touch(SavedFilter.objects.filter(pk=saved.pk), "query")
        SavedFilter.objects.filter(pk=saved.pk).update(query=query)
