from allauth.account.forms import ResetPasswordForm

from apps.users.models import User


class ResetForm(ResetPasswordForm):
    """Asks for the link. To the customers' site the address of staff is like any other without an account: `manage.py
    changepassword` gives staff a new one."""

    users: list[User]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users = [user for user in self.users if not user.is_staff]
        return email
