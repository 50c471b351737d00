from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.clock import today_in
from apps.households.requests import HouseholdRequest
from apps.ledger import accounts as account_list


@require_GET
def accounts(request: HouseholdRequest) -> HttpResponse:
    listed = account_list.list_accounts(today=today_in(request.household.zone))
    return render(request, "ledger/accounts.html", {
        "accounts": listed, "balance_label": "Balance", "totals": account_list.total_by_currency(listed),
    })  # fmt: skip
