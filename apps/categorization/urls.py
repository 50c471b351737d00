from django.urls import path

from apps.categorization.views import merchants

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
]
