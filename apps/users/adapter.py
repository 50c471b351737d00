from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from apps.core.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)
