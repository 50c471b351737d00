from csp.decorators import csp_exempt
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

PAGES = [
    "/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/password/reset/done/",
    "/accounts/password/reset/key/x-y/", "/accounts/confirm-email/", "/accounts/confirm-email/abc/", "/accounts/inactive/",
    "/accounts/email/", "/accounts/password/change/", "/accounts/logout/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
    "/page/404.html", "/page/500.html", "/page/403.html", "/page/400.html", "/mail/email_confirmation", "/mail/password_reset_key",
]  # fmt: skip


def contents(request: HttpRequest) -> HttpResponse:
    return HttpResponse("".join(f'<p><a href="{page}">{page}</a></p>' for page in PAGES))


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


def enter(request: HttpRequest) -> HttpResponse:
    login(request, User.objects.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("/contents/")


def any_template(request: HttpRequest, template: str) -> HttpResponse:
    return render(request, template)


@csp_exempt()
def mail(request: HttpRequest, name: str) -> HttpResponse:
    url = "https://wallet.example/accounts/confirm-email/MQ:1abcDE:Zx9-q8w7e6r5t4y3u2i1o0p/"
    context = {"activate_url": url, "password_reset_url": url, "signup_url": url, "email": "ada@example.org"}
    return HttpResponse(render_to_string(f"account/email/{name}_message.html", context))


def public_urls(request: HttpRequest) -> dict[str, object]:
    urls = {"home": "/", "logout": "/accounts/logout/", "login": "/accounts/login/", "account": "/accounts/email/"}
    return {"public_urls": urls, "households": []}
