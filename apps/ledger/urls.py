from django.urls import path

from apps.ledger.views import accounts, exports, history, transactions, transfers

app_name = "ledger"
urlpatterns = [
    path("transactions/", transactions.transactions, name="transactions"),
    path("transactions/export/<slug:kind>/", exports.export, name="export"),
    path("transfers/", transfers.transfers, name="transfers"),
    path("transfers/sure/", transfers.sure, name="transfers_sure"),
    path("transfers/link/", transfers.link, name="transfer_link"),
    path("transfers/reject/", transfers.reject, name="transfer_reject"),
    path("transfers/rejections/<int:rejection_id>/take-back/", transfers.take_back, name="transfer_take_back"),
    path("transfers/mark/", transfers.mark, name="transfer_mark"),
    path("transfers/unmark/", transfers.unmark, name="transfer_unmark"),
    path("transfers/of/<int:transaction_id>/", transfers.candidates, name="transfer_candidates"),
    path("transfers/<int:transfer_id>/unlink/", transfers.unlink, name="transfer_unlink"),
    path("history/", history.history, name="history"),
    path("history/<int:changeset_id>/", history.changeset, name="changeset"),
    path("history/<int:changeset_id>/undo/", history.undo, name="undo"),
    path("history/<int:changeset_id>/undo-the-rest/", history.undo_the_rest, name="undo_the_rest"),
    path("accounts/", accounts.accounts, name="accounts"),
]
