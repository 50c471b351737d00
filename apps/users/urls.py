from allauth.account.views import password_set
from allauth.mfa.recovery_codes.views import view_recovery_codes
from django.urls import path
from django.views.decorators.cache import never_cache

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
    # Shown once is also not kept by the browser.
    path("2fa/recovery-codes/", never_cache(view_recovery_codes)),
]
