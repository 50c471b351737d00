from allauth.account.views import password_set
from django.urls import path

from apps.users import confirming
from apps.users.views import profile, sessions

app_name = "users"
urlpatterns = [
    path("confirm/", confirming.confirm, name="confirm"),
    path("profile/", profile.profile, name="profile"),
    path("sessions/", sessions.listed, name="sessions"),
    path("sessions/end-others/", sessions.end_others, name="end_other_sessions"),
    path("sessions/<int:pk>/end/", sessions.end, name="end_session"),
    # Whoever finds the page open does not give themselves a password, and with it all the rest.
    path("password/set/", confirming.confirmed_recently(password_set)),
]
