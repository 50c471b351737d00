from django.urls import path

from apps.categorization.views import merchants, review

app_name = "categorization"
urlpatterns = [
    path("merchants/", merchants.merchants, name="merchants"),
    path("merchants/apply/", merchants.aliases_apply, name="aliases_apply"),
    path("merchants/aliases/new/", merchants.alias_new, name="alias_new"),
    path("merchants/aliases/try/", merchants.alias_try, name="alias_try"),
    path("merchants/aliases/<int:alias_id>/", merchants.alias, name="alias"),
    path("merchants/aliases/<int:alias_id>/try/", merchants.alias_try, name="alias_try"),
    path("merchants/aliases/<int:alias_id>/delete/", merchants.alias_delete, name="alias_delete"),
    path("merchants/suggestions/accept/", merchants.suggestion_accept, name="suggestion_accept"),
    path("merchants/suggestions/dismiss/", merchants.suggestion_dismiss, name="suggestion_dismiss"),
    path("review/", review.review, name="review"),
    path("review/<int:transaction_id>/answer/", review.answer, name="review_answer"),
    path("review/<int:transaction_id>/assign/", review.assign, name="review_assign"),
    path("review/<int:transaction_id>/accept-from-here/", review.accept_from, name="review_accept_from"),
]
