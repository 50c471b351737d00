"""A household that has one of everything, so that every address with an id has a real object behind it."""

import datetime
import io
import uuid
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connections

from apps.categorization import aliasing, rule_runs, rules
from apps.categorization.models import CategoryRule, MerchantAlias, RuleCondition
from apps.households.models import Household
from apps.imports import reading
from apps.imports.booking import book
from apps.imports.formats import teach
from apps.imports.models import ImportBatch, ImportFile
from apps.imports.parsers import guess
from apps.imports.states import State
from apps.ledger import (
    entering,
    journal,
    keeping_accounts,
    reconciling,
    saved_filters,
    split_templates,
    splitting,
    stated_balances,
    tagging,
)
from apps.ledger.models import Account, Changeset, Revision, Tag, Transaction, Transfer
from apps.ledger.transfers import linking, rejecting
from apps.tenancy.context import check_references, household_context
from apps.tenancy.planes import LEDGER
from tests.imports.bank import checking
from tests.imports.german import OCTOBER, statement

Ids = dict[str, object]
FIRST_OF_THEIRS = 5000
_SEQUENCES = (
    "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace"
)


def skip_ids(household: Household) -> None:
    """From here on the household's ids are above FIRST_OF_THEIRS."""
    with household_context(household), connections[LEDGER].cursor() as cursor:
        cursor.execute(_SEQUENCES)
        for (sequence,) in cursor.fetchall():
            cursor.execute("SELECT nextval(%s::regclass)", [sequence])
            (reached,) = cursor.fetchone()
            missing = FIRST_OF_THEIRS - reached
            cursor.execute("SELECT max(nextval(%s::regclass)) FROM generate_series(1, %s)", [sequence, missing])


def fill(household: Household, *, actor_id: int, mark: str, today: datetime.date) -> Ids:
    """One of everything, each thing with `mark` in its name; the ids by what they are."""
    with household_context(household):
        filling = _Filling(household, actor_id, mark, today)
        filling.ledger()
        filling.organizing()
        filling.imports()
        filling.rules()
        # As at a commit; a viewer's transaction, which cannot write, could not do it.
        check_references()
    return filling.ids


class _Filling:
    def __init__(self, household: Household, actor_id: int, mark: str, today: datetime.date) -> None:
        self.household, self.actor_id, self.mark, self.today = household, actor_id, mark, today
        self.ids: Ids = {}

    def ledger(self) -> None:
        self.checking, self.savings = self._account("Checking"), self._account("Savings", kind="savings")
        self.ids |= {"account": self.checking.pk, "empty_account": self._account("Empty").pk}
        hidden = self._account("Hidden", owner_id=self.actor_id, visibility=Account.Visibility.PRIVATE)
        self.ids |= {"hidden_account": hidden.pk, "hidden_row": self._row(hidden, "-9", days=2).pk}
        archived = self._account("Archived")
        keeping_accounts.archive(archived, now=datetime.datetime.now(datetime.UTC), actor_id=self.actor_id)
        self.ids["archived_account"] = archived.pk
        self.tag, _ = tagging.add_tag("occasion", self._look("Occasion"), actor_id=self.actor_id)
        spare, _ = tagging.add_tag("occasion", self._look("Spare"), actor_id=self.actor_id)
        row, changeset = entering.enter(
            actor_id=self.actor_id,
            account=self.checking,
            date=self._day(3),
            amount=Decimal("-12.34"),
            description=f"{self.mark} SHOP",
            merchant=f"{self.mark} Merchant",
            notes=f"{self.mark} notes",
            tags=[self.tag],
        )
        self.ids |= {"tag": self.tag.pk, "spare_tag": spare.pk, "row": row.pk, "changeset": changeset.pk}
        self._share()
        self._move()
        self._reconcile()

    def organizing(self) -> None:
        saved = saved_filters.save(name=f"{self.mark} filter", query=f"q={self.mark}")
        saved_filters.pin(saved, is_pinned=True)
        template, _ = split_templates.add_template(f"{self.mark} template", self._parts(), actor_id=self.actor_id)
        stated = stated_balances.check(
            self.savings, date=self._day(1), amount=Decimal(5), today=self.today, actor_id=self.actor_id
        )
        balance = self.savings.stated_balances.get(changeset=stated.changeset)
        self.ids |= {"filter": saved.pk, "template": template.pk, "balance": balance.pk, "balanced": self.savings.pk}

    def imports(self) -> None:
        lines = [(f"{self._day(20):%m/%d/%Y}", f"{self.mark} SALARY", "2,000.00"), ("99/99/2026", "ODD", "-1.00")]
        batch = ImportBatch.objects.create(uploaded_by_id=self.actor_id)
        booked = self._arrived(checking(lines), "booked", batch)
        book(booked)
        read = self._arrived(checking([*lines, (f"{self._day(9):%m/%d/%Y}", f"{self.mark} RENT", "-1.00")]), "r", batch)
        asked = self._arrived(f"Datum;Text;Betrag\n03.04.2026;{self.mark};1,00\n".encode(), "asked", batch)
        stalled = self._arrived(checking(lines), "stalled", batch)
        ImportFile.objects.filter(pk=stalled.pk).update(state=State.STALLED, stalled_in=State.READ)
        homeless = self._arrived(checking(lines), "homeless", batch, account=None)
        teaching = guess(io.BytesIO(statement(OCTOBER)))
        recipe = teaching.answered({"date_order": "day_first"})
        assert recipe is not None
        known = teach(name=f"{self.mark} format", signature=teaching.signature, recipe=recipe)
        self.ids |= {
            "batch": batch.pk,
            "booked_file": booked.pk,
            "read_file": read.pk,
            "asked_file": asked.pk,
            "stalled_file": stalled.pk,
            "homeless_file": homeless.pk,
            "format": known.pk,
        }

    def rules(self) -> None:
        rule = CategoryRule(name=f"{self.mark} rule", bucket=self._bucket("dining"), note=f"{self.mark} note")
        rules.keep(rule, [RuleCondition(field="description", operator="contains", value=self.mark)])
        run = rule_runs.order(rule, overwrites=True, actor_id=self.actor_id)
        rule_runs.do(self.household, run.pk)
        alias = MerchantAlias(pattern=f"{self.mark} salary", merchant=f"{self.mark} Employer")
        aliasing.keep(alias, actor_id=self.actor_id, renames_old=True)
        going_on = rule_runs.order(None, overwrites=False, actor_id=self.actor_id)
        self.ids |= {"rule": rule.pk, "run": run.pk, "ordered_run": going_on.pk, "alias": alias.pk}

    def _share(self) -> None:
        shared = self._row(self.checking, "-30", days=4)
        with journal.deed(Changeset.Kind.EDIT, actor_id=self.actor_id, note=f"Split {self.mark}") as deed:
            splitting.split(Transaction.objects.filter(pk=shared.pk), self._parts(), deed=deed)
        self.ids["shared_row"] = shared.pk

    def _move(self) -> None:
        """A transfer, a pair that is none, and a pair that could be one."""
        sent, got = self._row(self.checking, "-100", days=5), self._row(self.savings, "100", days=5)
        linking.link([(sent.pk, got.pk)], as_of=Revision.current(), actor_id=self.actor_id)
        out, back = self._row(self.checking, "-77", days=6), self._row(self.savings, "77", days=6)
        rejection = rejecting.reject(out.pk, back.pk)
        self._row(self.checking, "-200", days=7, text="Online transfer to savings")
        self._row(self.savings, "200", days=7, text="Online transfer from checking")
        self.ids |= {"transfer": Transfer.objects.get(outgoing=sent).pk, "rejection": rejection.pk}

    def _reconcile(self) -> None:
        account = self._account("Card", kind="credit_card")
        self._row(account, "-50", days=60)
        locked, _ = reconciling.begin(
            account, date=self._day(50), balance=Decimal(-50), today=self.today, actor_id=self.actor_id
        )
        reconciling.tick_all(locked)
        reconciling.lock(locked, actor_id=self.actor_id)
        self._row(account, "-60", days=20)
        opened, _ = reconciling.begin(
            account, date=self._day(10), balance=Decimal(-110), today=self.today, actor_id=self.actor_id
        )
        self.ids |= {"locked": locked.pk, "opened": opened.pk}

    def _account(self, name: str, **fields: object) -> Account:
        account = Account(name=f"{self.mark} {name}", currency=self.household.currency, **fields)
        account.institution = f"{self.mark} bank"
        keeping_accounts.add(account, actor_id=self.actor_id)
        return account

    def _row(self, account: Account, amount: str, *, days: int, text: str = "row") -> Transaction:
        row, _ = entering.enter(
            actor_id=self.actor_id,
            account=account,
            date=self._day(days),
            amount=Decimal(amount),
            description=f"{text} {self.mark}",
        )
        return row

    def _arrived(
        self, content: bytes, name: str, batch: ImportBatch, account: Account | str | None = "checking"
    ) -> ImportFile:
        file = ImportFile.objects.create(
            batch=batch,
            account=self.checking if account == "checking" else account,
            name=f"{self.mark}-{name}.csv",
            size_bytes=len(content),
            storage_key=self._kept(content),
            uploaded_by_id=self.actor_id,
        )
        reading.read_file(self.household, file.pk)
        file.refresh_from_db()
        return file

    def _kept(self, content: bytes) -> str:
        return default_storage.save(f"tests/doors/{uuid.uuid4().hex}.csv", ContentFile(content))

    def _parts(self) -> list[splitting.Part]:
        halves = ("groceries", "shopping")
        return [splitting.Part(self._bucket(value).pk, percent=Decimal(50)) for value in halves]

    def _bucket(self, value: str) -> Tag:
        return Tag.objects.get(namespace=Tag.Namespace.BUCKET, value=value)

    def _look(self, name: str) -> tagging.Look:
        return tagging.Look(f"{self.mark} {name}", description=f"{self.mark} words")

    def _day(self, before: int) -> datetime.date:
        return self.today - datetime.timedelta(days=before)
