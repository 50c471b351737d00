from django.urls import path

from apps.ledger.views import accounts, transactions

app_name = "ledger"
urlpatterns = [
    path("transactions/", transactions.transactions, name="transactions"),
    path("accounts/", accounts.accounts, name="accounts"),
]
