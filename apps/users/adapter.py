from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from apps.core.addresses import client_address
from apps.core.redirects import is_ours


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Asked for every `next`. allauth itself would also let through addresses that name one of our hosts."""
        return bool(url) and is_ours(url or "")
