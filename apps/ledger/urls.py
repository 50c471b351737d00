from django.urls import path

from apps.ledger.views import accounts, history, transactions

app_name = "ledger"
urlpatterns = [
    path("transactions/", transactions.transactions, name="transactions"),
    path("history/", history.history, name="history"),
    path("history/<int:changeset_id>/", history.changeset, name="changeset"),
    path("history/<int:changeset_id>/undo/", history.undo, name="undo"),
    path("history/<int:changeset_id>/undo-the-rest/", history.undo_the_rest, name="undo_the_rest"),
    path("accounts/", accounts.accounts, name="accounts"),
]
