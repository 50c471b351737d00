from django.urls import path

from apps.ledger.views import accounts, bulk, exports, history, saved_filters, transactions, transfers

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
    path("transactions/bulk/<slug:word>/", bulk.bulk, name="bulk"),
    path("transactions/bulk/<slug:word>/confirmed/", bulk.confirmed, name="bulk_confirmed"),
    path("filters/", saved_filters.saved_filters, name="saved_filters"),
    path("filters/save/", saved_filters.save, name="saved_filter_new"),
    path("filters/<int:pk>/", saved_filters.saved_filter, name="saved_filter"),
    path("filters/<int:pk>/rename/", saved_filters.rename, name="saved_filter_rename"),
    path("filters/<int:pk>/pin/", saved_filters.pin, name="saved_filter_pin"),
    path("filters/<int:pk>/unpin/", saved_filters.unpin, name="saved_filter_unpin"),
    path("filters/<int:pk>/delete/", saved_filters.delete, name="saved_filter_delete"),
    path("history/", history.history, name="history"),
    path("history/<int:changeset_id>/", history.changeset, name="changeset"),
    path("history/<int:changeset_id>/undo/", history.undo, name="undo"),
    path("history/<int:changeset_id>/undo-the-rest/", history.undo_the_rest, name="undo_the_rest"),
    path("accounts/", accounts.accounts, name="accounts"),
]
