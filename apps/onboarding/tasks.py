from celery import shared_task
from django.conf import settings

from apps.households.models import Household
from apps.onboarding.finishing import finish_household
from apps.tenancy import schemas
from apps.tenancy.tasks import SharedTask


@shared_task(base=SharedTask)
def make_ready(*, household_id: int) -> None:
    finish_household(Household.objects.get(pk=household_id))


@shared_task(base=SharedTask)
def keep_spares() -> None:
    """Also finishes households whose job was lost with the broker."""
    for household in Household.objects.filter(is_ready=False):
        finish_household(household)
    schemas.keep_spares(settings.HOUSEHOLD_SPARES)
