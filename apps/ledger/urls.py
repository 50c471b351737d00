from django.urls import path

from apps.ledger.views import accounts, exports, transactions

app_name = "ledger"
urlpatterns = [
    path("transactions/", transactions.transactions, name="transactions"),
    path("transactions/export/<slug:kind>/", exports.export, name="export"),
    path("accounts/", accounts.accounts, name="accounts"),
]
