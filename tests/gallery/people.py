from allauth.account.models import EmailAddress
from django.contrib.auth.models import User


def fill() -> None:
    person = User.objects.create_user("ada", "ada@example.org", "correct horse battery")
    for address, is_main in (("ada@example.org", True), ("ada.of.the.very.long.address@subdomain.example.net", False)):
        EmailAddress.objects.create(user=person, email=address, verified=is_main, primary=is_main)
