"""Outside households: a person's list of them, and invitations."""

from django.urls import path

from apps.households.views import outside

app_name = "households"
urlpatterns = [
    path("households/", outside.households, name="list"),
    path("households/invitations/<int:invitation_id>/accept/", outside.accept_own, name="accept_own"),
    path("households/invitations/<int:invitation_id>/decline/", outside.decline_own, name="decline_own"),
    path("invitations/<str:token>/", outside.invitation, name="invitation"),
    path("invitations/<str:token>/accept/", outside.accept, name="accept"),
    path("invitations/<str:token>/decline/", outside.decline, name="decline"),
]
