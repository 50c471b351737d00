from django.urls import path

from apps.ledger.views import (
    accounts,
    bulk,
    history,
    keeping_accounts,
    reconciliations,
    saved_filters,
    transactions,
)

app_name = "ledger"
urlpatterns = [
    path("transactions/", transactions.transactions, name="transactions"),
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
    path("accounts/new/", keeping_accounts.new, name="account_new"),
    path("accounts/order/", keeping_accounts.order, name="account_order"),
    path("accounts/<int:account_id>/", accounts.account, name="account"),
    path("accounts/<int:account_id>/edit/", keeping_accounts.edit, name="account_edit"),
    path("accounts/<int:account_id>/archive/", keeping_accounts.archive, name="account_archive"),
    path("accounts/<int:account_id>/unarchive/", keeping_accounts.unarchive, name="account_unarchive"),
    path("accounts/<int:account_id>/delete/", keeping_accounts.delete, name="account_delete"),
    path("accounts/<int:account_id>/merge/", keeping_accounts.merge, name="account_merge"),
    path("accounts/<int:account_id>/check/", accounts.check, name="account_check"),
    path("accounts/<int:account_id>/balances/<int:stated_id>/forget/", accounts.forget_balance, name="balance_forget"),
    path("accounts/<int:account_id>/reconcile/", reconciliations.reconcile, name="reconcile"),
    path("accounts/statements/<int:reconciliation_id>/", reconciliations.reconciliation, name="reconciliation"),
    path("accounts/statements/<int:reconciliation_id>/ticks/", reconciliations.ticks, name="reconciliation_ticks"),
    path(
        "accounts/statements/<int:reconciliation_id>/tick-all/",
        reconciliations.tick_all,
        name="reconciliation_tick_all",
    ),
    path(
        "accounts/statements/<int:reconciliation_id>/untick-all/",
        reconciliations.untick_all,
        name="reconciliation_untick_all",
    ),
    path(
        "accounts/statements/<int:reconciliation_id>/statement/",
        reconciliations.statement,
        name="reconciliation_statement",
    ),
    path("accounts/statements/<int:reconciliation_id>/lock/", reconciliations.lock, name="reconciliation_lock"),
    path(
        "accounts/statements/<int:reconciliation_id>/discard/", reconciliations.discard, name="reconciliation_discard"
    ),
    path("accounts/statements/<int:reconciliation_id>/unlock/", reconciliations.unlock, name="reconciliation_unlock"),
]
