"""The two ends of a tag: merged into another one, or deleted. Both say first what it is used by."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from apps.core.numbers import whole_number
from apps.households.answers import refusal
from apps.households.requests import HouseholdRequest
from apps.households.rules import MEMBER, allow
from apps.ledger import journal, tag_list
from apps.ledger.forms.tags import DeleteForm, MergeForm
from apps.ledger.merging_tags import delete_tag, merge_tags
from apps.ledger.models import Revision, Tag
from apps.ledger.tag_usage import usage
from apps.ledger.views.answers import done


@allow(get=MEMBER, post=MEMBER)
def merge(request: HouseholdRequest, tag_id: int) -> HttpResponse:
    """Makes one tag of two. `?into=` names the other one."""
    shown = get_object_or_404(Tag, pk=tag_id)
    form = MergeForm(request.POST or None, tag=shown, initial={"into": whole_number(request.GET.get("into", ""))})
    if form.is_valid():
        into = form.cleaned_data["into"]

        def deed() -> None:
            _refuse_stale(request, shown)
            changeset = merge_tags(shown, into, actor_id=request.user.pk)
            done(request, changeset, f"“{shown}” and “{into}” are one now: “{into}”.")

        if not (problem := refusal(deed)):
            return redirect("ledger:tag", into.pk)
        form.add_error(None, problem)
    return _page(request, "ledger/tag_merge.html", shown, form)


@allow(get=MEMBER, post=MEMBER)
def delete(request: HouseholdRequest, tag_id: int) -> HttpResponse:
    """Deletes the tag once it is said where its rows go."""
    shown = get_object_or_404(Tag, pk=tag_id)
    form = DeleteForm(request.POST or None, tag=shown, needs_another=usage(shown).needs_another)
    if form.is_valid():

        def deed() -> None:
            _refuse_stale(request, shown)
            changeset = delete_tag(shown, into=form.into, actor_id=request.user.pk)
            went = f" Its rows went to “{form.into}”." if form.into else ""
            done(request, changeset, f"“{shown}” was deleted.{went}")

        if not (problem := refusal(deed)):
            return redirect("ledger:tags")
        form.add_error(None, problem)
    return _page(request, "ledger/tag_delete.html", shown, form)


def _refuse_stale(request: HouseholdRequest, shown: Tag) -> None:
    journal.refuse_stale([shown.pk], whole_number(request.POST.get("as_of", "")), model=Tag)


def _page(request: HouseholdRequest, template: str, shown: Tag, form: MergeForm | DeleteForm) -> HttpResponse:
    context = {
        "tag": shown, "form": form, "usage": usage(shown), "revision": Revision.current(),
        "transactions_url": tag_list.transactions_url(shown),
    }  # fmt: skip
    return render(request, template, context, status=422 if form.errors else 200)
