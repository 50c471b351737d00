from django.urls import path

from apps.ledger.views import accounts, bulk, history, split_templates, splits, tag_ends, tags, transactions

app_name = "ledger"
urlpatterns = [
    path("transactions/", transactions.transactions, name="transactions"),
    path("transactions/bulk/<slug:word>/", bulk.bulk, name="bulk"),
    path("transactions/bulk/<slug:word>/confirmed/", bulk.confirmed, name="bulk_confirmed"),
    path("history/", history.history, name="history"),
    path("history/<int:changeset_id>/", history.changeset, name="changeset"),
    path("history/<int:changeset_id>/undo/", history.undo, name="undo"),
    path("history/<int:changeset_id>/undo-the-rest/", history.undo_the_rest, name="undo_the_rest"),
    path("transactions/<int:transaction_id>/split/", splits.split, name="split"),
    path("transactions/<int:transaction_id>/split/add-part/", splits.add_part, name="split_add_part"),
    path("transactions/<int:transaction_id>/split/keep/", splits.keep, name="split_keep"),
    path("transactions/<int:transaction_id>/split/remove/", splits.remove, name="split_remove"),
    path("split-templates/", split_templates.templates, name="split_templates"),
    path("split-templates/new/", split_templates.new, name="split_template_new"),
    path("split-templates/<int:template_id>/", split_templates.template, name="split_template"),
    path("split-templates/<int:template_id>/delete/", split_templates.delete, name="split_template_delete"),
    path("split-templates/add-part/", split_templates.add_part, name="split_template_add_part"),
    path("tags/", tags.tags, name="tags"),
    path("tags/new/", tags.new, name="tag_new"),
    path("tags/<int:tag_id>/", tags.tag, name="tag"),
    path("tags/<int:tag_id>/merge/", tag_ends.merge, name="tag_merge"),
    path("tags/<int:tag_id>/delete/", tag_ends.delete, name="tag_delete"),
    path("tags/order/<str:namespace>/", tags.order, name="tags_order"),
    path("accounts/", accounts.accounts, name="accounts"),
]
