"""The demo household `demo` and the person who may sign in to it."""

import datetime
import io

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from apps.households.models import Household
from apps.imports.booking import book
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.reading import stage
from apps.ledger.models import Account
from apps.onboarding.demo import daily_use
from apps.onboarding.demo.statements import Statement, statements
from apps.onboarding.finishing import finish_household
from apps.onboarding.opening import open_household
from apps.plans.comping import comp
from apps.plans.models import Plan
from apps.tenancy.context import household_context
from apps.users.models import User

PUBLIC_ID = "demo"
EMAIL = "demo@example.com"
PASSWORD = "demo-wallet-2026"  # noqa: S105 (printed by `make run`; only development has this household)


def ensure_demo(*, today: datetime.date) -> bool:
    """Opens and fills the demo household if it is not there; returns whether it did."""
    if Household.objects.filter(public_id=PUBLIC_ID, is_ready=True).exists():
        return False
    with transaction.atomic():
        person = User.objects.create_user(EMAIL, PASSWORD, name="Ada Maxwell")
        EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
        household = open_household(owner=person, name="Demo household", public_id=PUBLIC_ID)
        # Three years of rows, and people to invite: more than a trial has.
        family = Plan.objects.get(code="family")
        comp(household, family, reason="It shows what there is.", actor="demo", now=timezone.now())
    finish_household(household)
    household.refresh_from_db()
    with household_context(household):
        for statement in statements(today):
            _import(household, statement)
        daily_use.use(household, actor_id=person.pk, today=today)
    return True


def _import(household: Household, statement: Statement) -> None:
    account = Account.objects.create(name=statement.account, kind=statement.kind, currency=household.currency)
    batch = ImportBatch.objects.create()
    file = ImportFile.objects.create(
        batch=batch, account=account, name=statement.file_name, size_bytes=len(statement.content)
    )
    stage(household, file, io.BytesIO(statement.content))
    book(file)
