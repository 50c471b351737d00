from datetime import date
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace as Thing

from apps.imports.mapper_form import MapperForm
from apps.imports.parsers import guess
from csp.decorators import csp_exempt
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from tests.gallery import samples
from tests.gallery.forms import StartForm

PAGES = [
    *(f"/h/{house}/{page}" for house in ("demo", "hard", "empty") for page in ("", "transactions/", "accounts/", "import/")),
    "/h/demo/transactions/?q=nothing", "/h/demo/?messages", "/h/demo/import/?errors",
    *(f"/h/demo/import/{page}/" for page in ("reading", "columns", "formats", "check", "done", "roll_back", "failed", "rolled_back")),
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


def is_hard(request: HttpRequest) -> bool:
    return request.household.pk == "hard"


def is_empty(request: HttpRequest) -> bool:
    return request.household.pk == "empty"


def dashboard(request: HttpRequest) -> HttpResponse:
    if "messages" in request.GET:
        messages.success(request, "318 rows came in from bofa_checking_nov.csv.")
        messages.info(request, "The export is being prepared; a mail tells when it is done.")
        messages.warning(request, "One row of sapphire.qfx could not be read: line 19, the date 13/45/2025.")
        messages.error(request, "statement.pdf.csv is not a list of transactions. Nothing of it was kept.")
    huge = Decimal("123456789012.34")
    figures = [
        Thing(label="Money in", amount=huge if is_hard(request) else Decimal(5900), currency="USD", tone="in", note="same as October", url="transactions/"),
        Thing(label="Money out", amount=Decimal("3412.58"), currency="CHF" if is_hard(request) else "USD", tone="", note="$642 less than by this day in October", url=""),
        Thing(label="Kept", amount=-huge if is_hard(request) else Decimal("2487.42"), currency="CHF" if is_hard(request) else "USD", tone="", note="", url=""),
    ]
    rows = samples.HARD_ROWS if is_hard(request) else samples.DEMO_ROWS
    choices = [Thing(label=label, url=f"?by={label}", is_current=label == "Month") for label in ("Month", "Quarter", "Year")]
    return render(request, "dashboards/dashboard.html", {
        "is_empty": is_empty(request), "period": Thing(name="November 2025"), "period_choices": choices, "figures": figures, "currency": "USD",
        "chart": Thing(title="In and out, twelve months", note="transfers left out", months=samples.MONTHS, currency="USD"),
        "needs": samples.NEEDS, "spending": samples.HARD_SPENDING if is_hard(request) else samples.SPENDING,
        "spending_note": "transfers left out", "latest": rows[:5],
    })  # fmt: skip


def transactions(request: HttpRequest) -> HttpResponse:
    rows = samples.HARD_ROWS if is_hard(request) else samples.DEMO_ROWS
    word = request.GET.get("q", "")
    rows = [row for row in rows if word.lower() in row.merchant.lower()]
    chips = [Thing(label="This month", remove_url="?"), Thing(label="Transfers hidden", remove_url="?")]
    return render(request, "ledger/transactions.html", {
        "is_empty": is_empty(request), "filters": Thing(q=word, bucket=request.GET.get("bucket", ""), account=request.GET.get("account", ""), period=""),
        "buckets": samples.BUCKETS, "accounts": [Thing(id="1", name="BofA Checking"), Thing(id="2", name="Sapphire")],
        "periods": [Thing(value="month", label="This month"), Thing(value="last", label="Last month"), Thing(value="year", label="This year")],
        "chips": chips if word or not is_hard(request) else [], "days": samples.by_day(rows), "this_year": 2025, "row_count": 127, "newer_url": "", "older_url": "?at=older",
        "totals": [Thing(currency="USD", money_in=Decimal(5900), money_out=Decimal("-3412.58"))] * (3 if is_hard(request) else 1), "totals_note": "transfers left out",
    })  # fmt: skip


def accounts(request: HttpRequest) -> HttpResponse:
    listed = [] if is_empty(request) else samples.ACCOUNTS[: 5 if is_hard(request) else 3]
    totals = [Thing(currency="USD", amount=Decimal("21006.22"))]
    return render(request, "ledger/accounts.html", {"accounts": listed, "totals": totals, "totals_note": ""})


def start(request: HttpRequest) -> HttpResponse:
    if request.headers.get("Content-Type") == "application/json":
        return JsonResponse({"error": "This household may keep 10 files a day. Tomorrow is another one."}, status=429)
    form = StartForm({"account": "new"}, {}) if "errors" in request.GET else StartForm()
    batches = [] if is_empty(request) else samples.FILES
    return render(request, "imports/start.html", {
        "form": form, "has_accounts": not is_empty(request), "presign_url": request.path, "max_bytes": 52428800, "max_megabytes": 50,
        "formats": "CSV, OFX, QFX, QIF", "files": batches,
    })  # fmt: skip


def reading(request: HttpRequest) -> HttpResponse:
    request.session["done"] = done = (request.session.get("done", 0) + 37) % 342
    context = {"file": samples.FILE, "sentence": "Reading the file", "done": done, "total": 342}
    return render(request, "imports/reading.html", context)


MAPPED = "Buchungstag;Verwendungszweck;Betrag;Währung\n03/11/2025;Stadtwerke Abschlag 11/25, Vertrag 4711;-84,00;EUR\n04/11/2025;Gehalt;2.950,00;EUR\n"


def columns(request: HttpRequest) -> HttpResponse:
    found = guess(BytesIO(MAPPED.encode()))
    form = MapperForm(request.POST or None, guess=found, name="Stadtbank")
    rows = [
        Thing(line=1, date=None, amount=None, description="Stadtbank eG", merchant="", verdict="left_out", reason="The line stands above the table."),
        Thing(line=3, date=date(2025, 11, 3), amount=Decimal(-84), description="Stadtwerke Abschlag 11/25", merchant="Stadtwerke", verdict="new", reason=""),
        Thing(line=4, date=date(2025, 11, 4), amount=Decimal(2950), description="Gehalt", merchant="", verdict="new", reason=""),
        Thing(line=5, date=None, amount=None, description="13/45/2025;?;x", merchant="", verdict="unreadable", reason="The date 13/45/2025 cannot be read."),
    ]
    return render(request, "imports/columns.html", {
        "file": samples.FILE, "form": form, "rows": rows, "evidence": [one.text for one in found.evidence], "headers": found.headers, "sample_rows": found.sample,
        "headers_digest": "", "asked": "", "base": "", "currency": "EUR", "columns_url": request.path, "preview_url": request.path, "saved_formats": [],
    })  # fmt: skip


def formats(request: HttpRequest) -> HttpResponse:
    words = "Date: Buchungstag · Description: Verwendungszweck · Amount: Betrag"
    shown = [] if is_empty(request) else [(Thing(pk=1, name="Stadtbank", use_count=3, used_at=date(2025, 11, 21), signature="x"), words)]
    return render(request, "imports/formats.html", {"formats": shown, "problem": ""})


def check(request: HttpRequest) -> HttpResponse:
    page = Paginator(samples.CHECK_ROWS, 50).get_page(1)
    links = [("All", 342, True), ("New", 318, False), ("Already there", 22, False), ("Perhaps", 1, False), ("Unreadable", 1, False)]
    return render(request, "imports/check.html", {
        "file": samples.FILE, "facts": samples.FACTS, "page": page, "rows": page.object_list, "columns_url": "../columns/", "warnings": [],
        "verdict_links": [Thing(label=label, count=count, url="?", is_current=current) for label, count, current in links],
        "left_out_link": Thing(label="Left out", count=6, url="?", is_current=False),
        "overrule_url": request.path, "cancel_url": "../", "book_url": "../done/", "include_count": 318, "include_sum": Decimal("-1204.77"),
    })  # fmt: skip


def done(request: HttpRequest, is_rolled_back: bool = False) -> HttpResponse:
    left_out = [row for row in samples.CHECK_ROWS if row.verdict != "new"]
    return render(request, "imports/done.html", {
        "file": samples.FILE, "new_count": 318, "facts": samples.FACTS, "left_out": left_out, "left_out_count": len(left_out), "transactions_url": "../../transactions/",
        "roll_back_url": "../roll_back/", "is_rolled_back": is_rolled_back,
    })  # fmt: skip


def rolled_back(request: HttpRequest) -> HttpResponse:
    return done(request, is_rolled_back=True)


def roll_back(request: HttpRequest) -> HttpResponse:
    context = {"file": samples.FILE, "row_count": 318, "row_sum": Decimal("-1204.77"), "changed_count": 4, "roll_back_url": request.path}
    return render(request, "imports/roll_back.html", context)


def failed(request: HttpRequest) -> HttpResponse:
    reason, hint = "This is a PDF, whatever its name says.", "Look for “Download transactions” at your bank, and choose CSV, OFX or QFX there."
    return render(request, "imports/failed.html", {"file": samples.FILE, "reason": reason, "hint": hint, "columns_url": ""})


IMPORT_PAGES = {"reading": reading, "columns": columns, "formats": formats, "check": check, "done": done, "rolled_back": rolled_back, "roll_back": roll_back, "failed": failed}
