"""The public site: what is not inside a household."""

from django.urls import include, path

from apps.operations.admin.site import site

handler400 = "apps.operations.refusals.bad_request"
urlpatterns = [
    path("", include("apps.pages.urls")),
    path("", include("apps.onboarding.urls")),
    path("", include("apps.households.urls")),
    path("", include("apps.operations.urls")),
    path("accounts/", include("apps.users.urls")),
    path("admin/", site.urls),
    path("accounts/", include("allauth.urls")),
]
