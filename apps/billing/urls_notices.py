"""The public site: what mails lead to without signing in."""

from django.urls import path

from apps.billing import refusing

app_name = "notices"
urlpatterns = [path("no-offers/<str:token>/", refusing.refuse, name="refuse_offer")]
