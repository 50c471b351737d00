"""The split of one row: entered, begun from a template, kept as one, and taken away."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from apps.core.money import MINOR_DIGITS, currency_symbol
from apps.core.numbers import whole_number
from apps.households.answers import did, refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, allow
from apps.ledger import journal, splitting
from apps.ledger.forms.splits import (
    BasePartFormSet,
    Line,
    TemplateForm,
    lines_of_parts,
    lines_of_row,
    lines_sent,
    part_forms,
)
from apps.ledger.models import Changeset, SplitTemplate, Transaction, TransactionTag
from apps.ledger.split_templates import add_template
from apps.ledger.splitting import Part
from apps.ledger.views.answers import done
from apps.ledger.views.part_pages import part_page


@allow(get=MEMBER, post=MEMBER)
def split(request: HouseholdRequest, transaction_id: int) -> HttpResponse:
    """The parts of the row. `?template=` begins with those of a template."""
    row = _row(transaction_id)
    if request.method == "GET":
        return _page(request, row, part_forms(lines=_first_lines(request, row), currency=row.account.currency))
    forms = part_forms(request.POST, currency=row.account.currency)
    problem = ""
    if forms.is_valid():
        problem = refusal(lambda: _split(request, row, forms.parts))
        if not problem:
            return redirect("ledger:transaction", row.pk)
    return _page(request, row, forms, problem=problem, status=422)


@allow(post=MEMBER)
def add_part(request: HouseholdRequest, transaction_id: int) -> HttpResponse:
    """The page as it is filled in, with a line more; keeps nothing."""
    row = _row(transaction_id)
    forms = part_forms(lines=lines_sent(request.POST), currency=row.account.currency)
    return _page(request, row, forms, as_of=whole_number(request.POST.get("as_of", "")))


@allow(post=MEMBER)
def keep(request: HouseholdRequest, transaction_id: int) -> HttpResponse:
    """Keeps the parts, as they are on the page, as a template, and begins with it."""
    row = _row(transaction_id)
    forms = part_forms(request.POST, currency=row.account.currency)
    name = TemplateForm(request.POST)
    problem = ""
    if forms.is_valid() and name.is_valid():
        kept: list[int] = []

        def deed() -> None:
            template, changeset = add_template(name.cleaned_data["name"], forms.parts, actor_id=request.user.pk)
            kept.append(template.pk)
            done(request, changeset, f"“{template}” is one of your split templates now. The row is not split yet.")

        problem = refusal(deed)
        if not problem:
            return redirect(f"{reverse('ledger:split', args=[row.pk])}?template={kept[0]}")
    return _page(request, row, forms, name=name, problem=problem, status=422)


@allow(post=MEMBER)
def remove(request: HouseholdRequest, transaction_id: int) -> HttpResponse:
    """Takes the split away; the row has no bucket then."""
    row = _row(transaction_id)

    def deed() -> None:
        _refuse_stale(request, row)
        with journal.deed(Changeset.Kind.EDIT, actor_id=request.user.pk, note="Split taken away") as doing:
            splitting.unsplit(Transaction.objects.filter(pk=row.pk), deed=doing)
        done(request, doing.changeset, "The split was taken away. The row has no bucket now.")

    did(request, deed)
    return redirect("ledger:split", row.pk)


def _row(transaction_id: int) -> Transaction:
    return get_object_or_404(Transaction.objects.select_related("account"), pk=transaction_id)


def _first_lines(request: HouseholdRequest, row: Transaction) -> list[Line]:
    asked = whole_number(request.GET.get("template", ""))
    template = None if asked is None else SplitTemplate.objects.filter(pk=asked).first()
    if template is None:
        return lines_of_row(row)
    return lines_of_parts(splitting.parts_of(template))


def _split(request: HouseholdRequest, row: Transaction, parts: list[Part]) -> None:
    _refuse_stale(request, row)
    with journal.deed(Changeset.Kind.EDIT, actor_id=request.user.pk, note=f"Split in {len(parts)}") as deed:
        splitting.split(Transaction.objects.filter(pk=row.pk), parts, deed=deed)
    sentence = f"“{row.merchant or row.description}” is split among {len(parts)} buckets."
    done(request, deed.changeset, sentence, unchanged="It was split so already.")


def _refuse_stale(request: HouseholdRequest, row: Transaction) -> None:
    journal.refuse_stale([row.pk], whole_number(request.POST.get("as_of", "")))


def _page(
    request: HouseholdRequest, row: Transaction, forms: BasePartFormSet, name: TemplateForm | None = None, **told: Any
) -> HttpResponse:
    """`told`: what `part_page` knows of how far the person is."""
    currency = row.account.currency
    context = {
        "row": row,
        "size": abs(row.amount),
        "symbol": currency_symbol(currency),
        "digits": MINOR_DIGITS.get(currency, 2),
        "is_split": TransactionTag.objects.filter(transaction=row, amount__isnull=False).exists(),
        "templates": SplitTemplate.objects.all(),
        "chosen": whole_number(request.GET.get("template", "")),
    }
    return part_page(request, "ledger/split.html", context, forms, name or TemplateForm(), **told)
