"""Inside a household; mounted under /h/<public id>/ by `households.middleware`."""

from django.urls import include, path

from apps.households.views.activity import activity

handler400 = "apps.operations.refusals.bad_request"
handler403 = "apps.operations.refusals.forbidden"
handler404 = "apps.operations.refusals.not_found"
urlpatterns = [
    path("", include("apps.dashboards.urls")),
    path("", include("apps.ledger.urls")),
    path("", include("apps.categorization.urls")),
    path("settings/activity/", activity, name="activity"),
    path("settings/plan/", include("apps.billing.urls_household")),
    path("imports/", include("apps.imports.urls")),
    path("settings/", include("apps.households.urls_household")),
]
