from django.urls import path

from apps.ledger.views import accounts, bulk, entries, history, rows, saved_filters, transactions

app_name = "ledger"
urlpatterns = [
    path("transactions/", transactions.transactions, name="transactions"),
    path("transactions/columns/", rows.columns, name="columns"),
    path("transactions/new/", entries.transaction_new, name="transaction_new"),
    path("transactions/<int:pk>/", rows.transaction, name="transaction"),
    path("transactions/<int:pk>/edit/", entries.transaction_edit, name="transaction_edit"),
    path("transactions/<int:pk>/delete/", entries.transaction_delete, name="transaction_delete"),
    path("transactions/<int:pk>/bucket/", rows.transaction_bucket, name="transaction_bucket"),
    path("transactions/<int:pk>/status/", rows.transaction_status, name="transaction_status"),
    path("transactions/<int:pk>/notes/", rows.transaction_notes, name="transaction_notes"),
    path("transactions/<int:pk>/tags/", rows.transaction_tag, name="transaction_tag"),
    path("transactions/<int:pk>/tags/<int:tag_id>/remove/", rows.transaction_untag, name="transaction_untag"),
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
