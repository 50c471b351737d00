"""The public site: what is not inside a household."""

from django.urls import include, path

from apps.billing.webhook import receive
from apps.operations.admin.site import site

handler400 = "apps.operations.refusals.bad_request"
handler403 = "apps.operations.refusals.forbidden"
handler404 = "apps.operations.refusals.not_found"
urlpatterns = [
    path("", include("apps.pages.urls")),
    path("pricing/", include("apps.billing.urls")),
    path("", include("apps.onboarding.urls")),
    path("", include("apps.households.urls")),
    path("billing/webhook/", receive, name="billing-webhook"),
    path("", include("apps.operations.urls")),
    path("mail/", include("apps.billing.urls_notices")),
    path("accounts/", include("apps.users.urls")),
    path("admin/", site.urls),
    path("accounts/", include("allauth.urls")),
]
