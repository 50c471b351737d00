"""Inside a household, below settings/: its settings and its people."""

from django.urls import path

from apps.households.views import members, ownership, settings

app_name = "household"
urlpatterns = [
    path("", settings.settings, name="settings"),
    path("members/", members.members, name="members"),
    path("members/leave/", members.leave, name="leave"),
    path("members/<int:membership_id>/role/", members.role, name="member_role"),
    path("members/<int:membership_id>/remove/", members.remove, name="member_remove"),
    path("members/invitations/<int:invitation_id>/send/", members.send_again, name="invitation_send"),
    path("members/invitations/<int:invitation_id>/withdraw/", members.withdraw, name="invitation_withdraw"),
    path("ownership/", ownership.offer, name="ownership"),
    path("ownership/withdraw/", ownership.withdraw, name="ownership_withdraw"),
    path("ownership/answer/", ownership.answer, name="ownership_answer"),
    path("ownership/accept/", ownership.accept, name="ownership_accept"),
    path("ownership/decline/", ownership.decline, name="ownership_decline"),
]
