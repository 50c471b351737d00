"""What merchants are called: aliases, suggestions, and all names there are."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.categorization import aliasing, merchant_suggestions
from apps.categorization.forms.merchants import AliasForm
from apps.categorization.merchant_list import list_merchants
from apps.categorization.merchant_names import clean_name
from apps.categorization.models import MerchantAlias
from apps.core.numbers import whole_number
from apps.households.answers import did, refusal
from apps.households.asking import ask
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, VIEWER, allow
from apps.ledger import journal
from apps.ledger.models import Changeset, Revision, Transaction
from apps.ledger.views.answers import done
from apps.tenancy.context import current_narrowing

PAGE_SIZE = 50
FEW_SUGGESTIONS = 5
LONGEST = 200


@allow(get=VIEWER)
def merchants(request: HouseholdRequest) -> HttpResponse:
    """Suggestions, aliases, and every merchant with its rows; the search and the page are in the address."""
    q = _text(request.GET.get("q", ""))
    found = list_merchants(request.household, mentioning=q)
    suggestions = merchant_suggestions.suggestions(request.household) if request.membership.may_write else []
    shown = None if "all" in request.GET else FEW_SUGGESTIONS
    narrowing = current_narrowing()
    context = {
        "q": q,
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "is_empty": not found and not q,
        "aliases": MerchantAlias.objects.all(),
        # The count is of all rows, whoever sees them.
        "tells_use": not (narrowing and narrowing.hidden),
        "suggestions": suggestions[:shown],
        "more_count": len(suggestions[shown:]) if shown else 0,
    }
    return render(request, "categorization/merchants.html", context)


@allow(get=MEMBER, post=MEMBER)
def alias_new(request: HouseholdRequest) -> HttpResponse:
    """A new alias; the address may name the row (`transaction`) or the merchant to begin with."""
    if request.method == "POST":
        return _keep(request, AliasForm(request.POST))
    return _form_page(request, AliasForm(initial=_beginning(request)))


@allow(get=MEMBER, post=MEMBER)
def alias(request: HouseholdRequest, alias_id: int) -> HttpResponse:
    """One alias, to be changed."""
    shown = get_object_or_404(MerchantAlias, pk=alias_id)
    if request.method == "POST":
        return _keep(request, AliasForm(request.POST, instance=shown))
    return _form_page(request, AliasForm(instance=shown))


@allow(post=MEMBER)
def alias_try(request: HouseholdRequest, alias_id: int | None = None) -> HttpResponse:
    """The form again, with the rows that it would rename; nothing is kept."""
    shown = get_object_or_404(MerchantAlias, pk=alias_id) if alias_id is not None else None
    form = AliasForm(request.POST, instance=shown)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    preview = aliasing.Preview.of(aliasing.renamings(only=form.instance))
    # The form is still the one that was opened: what somebody changed since is told when it is kept.
    opened = whole_number(request.POST.get("as_of", ""))
    return _form_page(request, form, preview=preview, revision=opened)


@allow(get=MEMBER, post=MEMBER)
def alias_delete(request: HouseholdRequest, alias_id: int) -> HttpResponse:
    shown = get_object_or_404(MerchantAlias, pk=alias_id)
    if request.method == "GET":
        question, told = (
            f"Delete the alias “{shown.pattern}”?",
            "Rows keep the names that they have. You can undo this.",
        )
        back = reverse("categorization:alias", args=[shown.pk])
        return ask(request, question, told=told, button="Delete the alias", back=back)
    sentence = f"The alias “{shown.pattern}” was deleted. The rows keep their names."

    def deed() -> None:
        done(request, aliasing.forget(shown, actor_id=request.user.pk), sentence)

    did(request, deed)
    return redirect("categorization:merchants")


@allow(get=MEMBER, post=MEMBER)
def aliases_apply(request: HouseholdRequest) -> HttpResponse:
    """Which rows the aliases would rename; a POST renames them."""
    if request.method == "POST":

        def deed() -> None:
            changeset = aliasing.apply_all(actor_id=request.user.pk)
            done(request, changeset, _renamed(changeset), unchanged="Every row has its name already.")

        return redirect("categorization:merchants" if did(request, deed) else "categorization:aliases_apply")
    preview = aliasing.Preview.of(aliasing.renamings())
    return render(request, "categorization/aliases_apply.html", {"preview": preview})


@allow(post=MEMBER)
def suggestion_accept(request: HouseholdRequest) -> HttpResponse:
    """Makes the aliases of a suggestion and renames its rows; the name may have been changed in the form."""
    name, members = _text(request.POST.get("name", "")), [_text(one) for one in request.POST.getlist("member")]

    def deed() -> None:
        changeset = merchant_suggestions.accept(name, members, actor_id=request.user.pk)
        done(request, changeset, f"{_renamed(changeset)} New rows of {name} will be called so, too.")

    if not name:
        messages.warning(request, "Write the name that these rows are to have.")
    else:
        did(request, deed)
    return redirect("categorization:merchants")


@allow(post=MEMBER)
def suggestion_dismiss(request: HouseholdRequest) -> HttpResponse:
    merchant_suggestions.dismiss(request.household, _text(request.POST.get("name", "")))
    messages.info(request, "That suggestion will not come back for a month.")
    return redirect("categorization:merchants")


def _keep(request: HouseholdRequest, form: AliasForm) -> HttpResponse:
    if not form.is_valid():
        return _form_page(request, form, status=422)
    kept: list[Changeset | None] = []
    reason = refusal(lambda: kept.append(_keep_alias(request, form)))
    if reason:
        form.add_error("pattern", reason)
        return _form_page(request, form, status=422)
    rows = f" {_renamed(kept[0])}" if form.cleaned_data["renames_old"] else ""
    done(request, kept[0], f"Texts with “{form.instance.pattern}” are {form.instance.merchant} from now on.{rows}")
    return redirect("categorization:merchants")


def _keep_alias(request: HouseholdRequest, form: AliasForm) -> Changeset | None:
    if form.instance.pk is not None:
        as_of = whole_number(request.POST.get("as_of", ""))
        journal.refuse_stale([form.instance.pk], as_of, model=MerchantAlias)
    return aliasing.keep(form.instance, actor_id=request.user.pk, renames_old=form.cleaned_data["renames_old"])


def _form_page(request: HouseholdRequest, form: AliasForm, *, status: int = 200, **context: Any) -> HttpResponse:
    context = {"form": form, "alias": form.instance, "revision": Revision.current(), **context}
    return render(request, "categorization/alias.html", context, status=status)


def _beginning(request: HouseholdRequest) -> dict[str, str]:
    """The text and the name that a row or a merchant suggests."""
    pk = whole_number(request.GET.get("transaction", ""))
    row = None if pk is None else Transaction.objects.filter(pk=pk).first()
    merchant = _text(request.GET.get("merchant", "")) if row is None else row.merchant
    text = row.description if row is not None and merchant.lower() not in row.description.lower() else merchant
    return {
        "pattern": (text or (row.description if row else ""))[:LONGEST],
        "merchant": clean_name(merchant or text).name,
    }


def _renamed(changeset: Changeset | None) -> str:
    count = 0 if changeset is None else Changeset.objects.values_list("row_count", flat=True).get(pk=changeset.pk)
    return f"{aliasing.rows_in_words(count)} {'has' if count == 1 else 'have'} another name now."


def _text(text: str) -> str:
    return text.replace("\x00", "").strip()[:LONGEST]
