"""Adding, changing, ordering, archiving, deleting and merging accounts."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.audit.actions import Action
from apps.audit.events import record
from apps.core.clock import today_in
from apps.core.numbers import whole_number
from apps.households.answers import did, refusal
from apps.households.asking import ask
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, OWNER, allow
from apps.ledger import accounts as account_list
from apps.ledger import keeping_accounts as keeping
from apps.ledger import merging_accounts as merging
from apps.ledger import sharing
from apps.ledger.account_limit import room_for_more
from apps.ledger.forms.accounts import AccountDetailsForm, MergeTargetForm, OpeningForm
from apps.ledger.models import Account, Changeset, Revision
from apps.ledger.views.answers import done


@allow(get=MEMBER, post=MEMBER)
def new(request: HouseholdRequest) -> HttpResponse:
    form = AccountDetailsForm(request.POST or None, currency=request.household.currency, may_share=True)
    if request.method == "POST" and form.is_valid():
        account = form.instance
        account.visibility = form.cleaned_data["visibility"]

        def deed() -> Changeset | None:
            changeset = keeping.add(account, actor_id=request.user.pk)
            if account.visibility != Account.Visibility.SHARED:
                _note_shared(request, account, account.visibility)
            return changeset

        if _saved(request, form, deed, f"{account.name} is added."):
            return redirect("ledger:account", account.pk)
    return _form(request, form, None)


@allow(get=MEMBER, post=MEMBER)
def edit(request: HouseholdRequest, account_id: int) -> HttpResponse:
    """Two tabs that change one account: the second is told, and shown what is there now."""
    account = get_object_or_404(Account, pk=account_id)
    person_id, owns_household = request.user.pk, request.membership.is_at_least(OWNER)
    may_share = sharing.may_share(account, person_id=person_id, owns_household=owns_household)
    form = AccountDetailsForm(request.POST or None, instance=account, may_share=may_share)
    if request.method == "POST" and form.is_valid():
        as_of = whole_number(request.POST.get("as_of", ""))

        shared: list[str] = []

        def deed() -> Changeset | None:
            changeset = keeping.edit(form.instance, as_of=as_of, actor_id=person_id)
            if may_share:
                visibility = form.cleaned_data["visibility"]
                if sharing.share(account, visibility, person_id=person_id, owns_household=owns_household):
                    _note_shared(request, account, visibility)
                    shared.append(f"Who sees {account.name} is changed.")
            return changeset

        if _saved(request, form, deed, f"{account.name} is changed.", also=shared):
            return redirect("ledger:account", account.pk)
    return _form(request, form, get_object_or_404(Account, pk=account_id))


def _note_shared(request: HouseholdRequest, account: Account, visibility: str) -> None:
    record(
        Action.ACCOUNT_SHARED,
        actor=request.user,
        household=request.household,
        request=request,
        account_id=account.pk,
        visibility=visibility,
    )


def _saved(
    request: HouseholdRequest,
    form: AccountDetailsForm,
    deed: Callable[[], Changeset | None],
    sentence: str,
    *,
    also: Sequence[str] = (),
) -> bool:
    """`also`: what the deed did beside its changeset, once it is done."""
    found: list[Changeset | None] = []
    if refused := refusal(lambda: found.append(deed())):
        form.add_error(None, refused)
        return False
    if found[0] or not also:
        done(request, found[0], sentence)
    for told in also:
        messages.success(request, told)
    return True


def _form(request: HouseholdRequest, form: AccountDetailsForm, account: Account | None) -> HttpResponse:
    context = {
        "form": form,
        "account": account,
        "revision": Revision.current(),
        "is_full": account is None and not room_for_more(),
    }
    return render(request, "ledger/account_form.html", context, status=422 if request.method == "POST" else 200)


@allow(get=MEMBER, post=MEMBER)
def order(request: HouseholdRequest) -> HttpResponse:
    """The order of the accounts under each heading: dragged, or one of them moved up or down by its button."""
    if request.method == "POST":
        ids = [pk for text in request.POST.getlist("order") if (pk := whole_number(text)) is not None]
        for name, step in (("up", -1), ("down", 1)):
            ids = keeping.shifted(ids, whole_number(request.POST.get(name, "")), step)
        did(request, lambda: keeping.reorder(ids))
        return redirect("ledger:account_order")
    everyone = account_list.list_accounts(today=today_in(request.household.zone))
    groups = account_list.grouped(account for account in everyone if not account.is_archived)
    return render(request, "ledger/account_order.html", {"groups": groups})


@allow(get=MEMBER, post=MEMBER)
def archive(request: HouseholdRequest, account_id: int) -> HttpResponse:
    """Says what the account still holds, and puts it out of sight."""
    account = get_object_or_404(Account, pk=account_id)
    if request.method == "POST":

        def deed() -> None:
            changeset = keeping.archive(account, now=timezone.now(), actor_id=request.user.pk)
            done(request, changeset, f"{account.name} is archived.", unchanged=f"{account.name} was archived already.")

        return redirect("ledger:accounts") if did(request, deed) else redirect("ledger:account", account_id)
    listed = account_list.listed(account, today=today_in(request.household.zone))
    return render(request, "ledger/account_archive.html", {"account": listed})


@allow(post=MEMBER)
def unarchive(request: HouseholdRequest, account_id: int) -> HttpResponse:
    account = get_object_or_404(Account, pk=account_id)

    def deed() -> None:
        changeset = keeping.unarchive(account, actor_id=request.user.pk)
        unchanged = f"{account.name} was not archived."
        done(request, changeset, f"{account.name} is back among the accounts.", unchanged=unchanged)

    did(request, deed)
    return redirect("ledger:account", account.pk)


@allow(get=MEMBER, post=MEMBER)
def delete(request: HouseholdRequest, account_id: int) -> HttpResponse:
    """Deletes an account that nothing refers to; any other is told to be archived or merged."""
    account = get_object_or_404(Account, pk=account_id)
    if request.method == "GET":
        back = reverse("ledger:account", args=[account.pk])
        question, told = f"Delete {account.name}?", "You can undo this. An account with rows cannot be deleted."
        return ask(request, question, told=told, button="Delete the account", back=back)

    def deed() -> None:
        done(request, keeping.delete(account, actor_id=request.user.pk), f"{account.name} is deleted.")

    return redirect("ledger:accounts") if did(request, deed) else redirect("ledger:account", account_id)


@allow(get=MEMBER, post=MEMBER)
def merge(request: HouseholdRequest, account_id: int) -> HttpResponse:
    """Asks into which account, shows what that would do, and does it."""
    going = get_object_or_404(Account, pk=account_id)
    target = MergeTargetForm({"into": request.GET["into"]} if "into" in request.GET else None, going=going)
    context = {"account": going, "target": target, "revision": Revision.current()}
    if not (target.is_bound and target.is_valid()):
        return render(request, "ledger/account_merge.html", context, status=422 if target.is_bound else 200)
    staying: Account = target.cleaned_data["into"]
    try:
        preview = merging.preview(going, staying)
    except merging.CannotMerge as error:
        target.add_error("into", str(error))
        return render(request, "ledger/account_merge.html", context, status=422)
    form = OpeningForm(request.POST or None, preview=preview, going=going, staying=staying)
    if request.method == "POST" and form.is_valid() and _merge(request, going, staying, form):
        return redirect("ledger:account", staying.pk)
    context |= {"staying": staying, "preview": preview, "form": form}
    return render(request, "ledger/account_merge.html", context, status=422 if request.method == "POST" else 200)


def _merge(request: HouseholdRequest, going: Account, staying: Account, form: OpeningForm) -> bool:
    opening = merging.Opening(form.cleaned_data["opening"])
    as_of = whole_number(request.POST.get("as_of", ""))
    name = going.name

    def deed() -> None:
        changeset = merging.merge(going, staying, opening=opening, as_of=as_of, actor_id=request.user.pk)
        done(request, changeset, f"{name} is merged into {staying.name}.")

    if refused := refusal(deed):
        form.add_error(None, refused)
    return not refused
