"""Jobs know their household by an argument, open it themselves, and fail closed."""

from collections.abc import Iterator

import pytest
from celery import current_app, shared_task

from apps.households.models import Household
from apps.ledger.models import Account
from apps.tenancy.context import current_schema_name, household_context
from apps.tenancy.errors import AnotherHousehold, NoHouseholdTransaction, TenancyError
from apps.tenancy.tasks import HouseholdTask, SharedTask
from tests.planes import both_planes

pytestmark = both_planes
seen: list[object] = []


@shared_task(base=HouseholdTask, name="tests.tenancy.look")
def look(household: Household, *, word: str = "") -> None:
    seen.append((household.public_id, word, current_schema_name()))
    with household_context(household):
        seen.append(list(Account.objects.values_list("name", flat=True)))


@shared_task(base=HouseholdTask, name="tests.tenancy.look_without_opening")
def look_without_opening(household: Household) -> None:
    list(Account.objects.all())


@shared_task(base=SharedTask, name="tests.tenancy.look_around")
def look_around() -> None:
    list(Account.objects.all())


@pytest.fixture(autouse=True)
def _nothing_seen() -> Iterator[None]:
    seen.clear()
    yield
    seen.clear()


def run(task: HouseholdTask | SharedTask, **arguments: object) -> None:
    """As a worker runs it; what it raises is raised here."""
    task.apply(kwargs=arguments, throw=True)


def test_a_task_runs_in_its_household_and_sees_its_rows_only(household: Household, other_household: Household) -> None:
    for each in (household, other_household):
        with household_context(each):
            Account.objects.create(pk=7001, name=f"Of {each.public_id}", currency="USD")
    run(look, household_id=household.pk, word="a")
    run(look, household_id=other_household.pk)
    assert seen == [("ours", "a", None), ["Of ours"], ("theirs", "", None), ["Of theirs"]]
    assert current_schema_name() is None


def test_a_task_sent_without_its_household_is_refused() -> None:
    with pytest.raises(TenancyError, match=r"tests\.tenancy\.look was sent without its household"):
        run(look)
    assert seen == []


def test_a_task_for_a_household_that_is_gone_raises(household: Household) -> None:
    Household.objects.filter(pk=household.pk).delete()
    with pytest.raises(Household.DoesNotExist):
        run(look, household_id=household.pk)
    assert seen == []


def test_a_task_does_not_start_inside_a_household(household: Household, other_household: Household) -> None:
    with household_context(household):
        for each in (household, other_household):
            with pytest.raises(AnotherHousehold):
                run(look, household_id=each.pk)
    assert seen == []


def test_a_task_sees_nothing_before_it_opens_its_household(household: Household) -> None:
    with pytest.raises(NoHouseholdTransaction):
        run(look_without_opening, household_id=household.pk)


def test_a_shared_task_sees_no_household() -> None:
    with pytest.raises(NoHouseholdTransaction):
        run(look_around)


def test_every_task_of_ours_says_what_it_is() -> None:
    current_app.loader.import_default_modules()
    ours = {name: task for name, task in current_app.tasks.items() if name.startswith("apps.")}
    assert len(ours) >= 8
    assert [name for name, task in ours.items() if not isinstance(task, HouseholdTask | SharedTask)] == []
