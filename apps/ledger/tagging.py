"""Making, changing and ordering tags: buckets, occasions, and words of namespaces that the household makes itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.db import IntegrityError
from django.db.models import Max, Value
from django.db.models.functions import Lower
from django.utils.text import slugify

from apps.core.errors import ExpectedError
from apps.ledger import journal
from apps.ledger.models import Changeset, Tag

COLOURS = {1: "Teal", 2: "Amber", 3: "Violet", 4: "Green", 5: "Rose", 6: "Blue", 7: "Olive", 8: "Plum"}
BUCKET, OCCASION = Tag.Namespace.BUCKET.value, Tag.Namespace.OCCASION.value
# What addresses already mean by these: no bucket at all, and the accounts of the ledger.
_RESERVED_VALUES = {"none"}
_RESERVED_NAMESPACES = {"account", "none"}
_LONGEST_VALUE, _LONGEST_NAMESPACE = 80, 40


class NameTaken(ExpectedError):
    """Another tag of the namespace has the name; `other` is the one to merge with."""

    def __init__(self, other: Tag) -> None:
        self.other = other
        super().__init__(f"“{other.name}” exists already. Choose another name, or merge the two.")


class BadNamespace(ExpectedError):
    """A name that no kind of tag can have."""


class OtherOrder(ExpectedError):
    """The list is not the one that was put in order."""


@dataclass(frozen=True)
class Look:
    """What a person says about a tag."""

    name: str
    colour: int = 1
    description: str = ""


def namespace_of(text: str) -> str:
    """The namespace that people mean by the text: `Holiday plans` is `holiday-plans`. Raises BadNamespace."""
    namespace = slugify(text, allow_unicode=True)[:_LONGEST_NAMESPACE].strip("-")
    if not namespace:
        raise BadNamespace("Give the new kind of tag a name with letters.")
    if namespace in _RESERVED_NAMESPACES:
        raise BadNamespace(f"“{text}” means something else here already. Choose another name.")
    return namespace


def add_tag(namespace: str, look: Look, *, actor_id: int | None) -> tuple[Tag, Changeset]:
    """A new tag, the last of its namespace, which begins with it if it is the first. Raises NameTaken."""
    last = Tag.objects.filter(namespace=namespace).aggregate(last=Max("sort_order"))["last"]
    note = f"Tag “{look.name}” added"
    with _name_is_free(namespace, look.name), journal.deed(Changeset.Kind.TAGS, actor_id=actor_id, note=note) as deed:
        tag = Tag.objects.create(
            namespace=namespace,
            value=_free_value(namespace, look.name),
            name=look.name,
            colour=look.colour,
            description=look.description,
            sort_order=0 if last is None else last + 1,
        )
        deed.made(Tag, [tag.pk])
    assert deed.changeset is not None, "it made a tag"
    return tag, deed.changeset


def edit_tag(tag: Tag, look: Look, *, actor_id: int | None) -> Changeset | None:
    """Name, colour and description; None if they are so already. The word in addresses stays, and with it every
    reference. Raises NameTaken.
    """
    named = f"“{tag.name}” changed" if look.name == tag.name else f"“{tag.name}” renamed to “{look.name}”"
    with (
        _name_is_free(tag.namespace, look.name, but=tag.pk),
        journal.deed(Changeset.Kind.TAGS, actor_id=actor_id, note=f"Tag {named}") as deed,
    ):
        deed.touch(Tag.objects.filter(pk=tag.pk), *asdict(look))
        Tag.objects.filter(pk=tag.pk).update(**asdict(look))
    return deed.changeset


def reorder(namespace: str, order: list[int], *, actor_id: int | None) -> Changeset | None:
    """Puts the tags of the namespace in that order; one that the list does not name yet keeps its place after them.

    None if they stand so already. Raises OtherOrder if the list names a tag that is not there.
    """
    with journal.deed(Changeset.Kind.TAGS, actor_id=actor_id, note=f"Order of the {plural(namespace)}") as deed:
        present = deed.touch(Tag.objects.filter(namespace=namespace), "sort_order")
        if not set(order) <= set(present):
            raise OtherOrder("One of these tags is gone since you opened the page. Sort the list as it is now.")
        tags = {tag.pk: tag for tag in Tag.objects.filter(namespace=namespace)}
        moved = [tags[pk] for pk in order] + [tag for pk, tag in tags.items() if pk not in set(order)]
        for place, tag in enumerate(moved):
            tag.sort_order = place
        Tag.objects.bulk_update(moved, ["sort_order"])
    return deed.changeset


def plural(namespace: str) -> str:
    """What the tags of the namespace are called together."""
    return {BUCKET: "buckets", OCCASION: "occasions"}.get(namespace, f"“{namespace}” tags")


def heading(namespace: str) -> str:
    """What stands above the tags of the namespace."""
    return {BUCKET: "Buckets", OCCASION: "Occasions"}.get(namespace, namespace.replace("-", " ").capitalize())


@contextmanager
def _name_is_free(namespace: str, name: str, *, but: int | None = None) -> Iterator[None]:
    """Raises NameTaken if it is not, also to the later of two who take it at once."""
    _refuse_taken(namespace, name, but)
    try:
        yield
    except IntegrityError:
        _refuse_taken(namespace, name, but)
        raise


def _refuse_taken(namespace: str, name: str, but: int | None) -> None:
    named = Tag.objects.alias(lower=Lower("name")).filter(namespace=namespace, lower=Lower(Value(name)))
    other = (named if but is None else named.exclude(pk=but)).first()
    if other is not None:
        raise NameTaken(other)


def _free_value(namespace: str, name: str) -> str:
    """The name as a word of addresses: its letters in lower case, with a number if another tag has that word."""
    word = slugify(name, allow_unicode=True)[:_LONGEST_VALUE].strip("-") or "tag"
    taken = {value.lower() for value in Tag.objects.filter(namespace=namespace).values_list("value", flat=True)}
    candidate, number = word, 1
    while candidate.lower() in taken or candidate in _RESERVED_VALUES:
        number += 1
        candidate = f"{word[: _LONGEST_VALUE - 1 - len(str(number))]}-{number}"
    return candidate
