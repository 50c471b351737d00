"""One worker process that imports one file: `python -m benchmarks.worker HOUSEHOLD_ID FILE_ID`; prints its figures.

A process of its own, so that its peak memory is that of a worker with one file. What a worker does once in its life
(importing the application, opening its pools, loading the store's client) comes before the clock starts.
"""

import json
import os
import resource
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"


def main(household_id: int, file_id: int) -> None:
    import django

    django.setup()
    from django.core.cache import cache
    from django.core.files.storage import default_storage

    from apps.households.models import Household
    from apps.imports.booking import confirm
    from apps.imports.models import ImportFile
    from apps.imports.tasks import book_file, read_file
    from apps.tenancy.context import household_context
    from benchmarks.measuring import Stopwatch
    from config.celery import limit_memory

    household = Household.objects.get(pk=household_id)
    cache.get("warm")
    with household_context(household):
        default_storage.exists(ImportFile.objects.get(pk=file_id).storage_key)
    limit_memory()
    idle_mb = _peak_mb()
    reading, booking = Stopwatch(), Stopwatch()
    with reading.running():
        read_file(household_id=household_id, file_id=file_id)
    with household_context(household):
        confirm(ImportFile.objects.get(pk=file_id))
    with booking.running():
        book_file(household_id=household_id, file_id=file_id)
    with household_context(household):
        file = ImportFile.objects.get(pk=file_id)
    figures = {
        "state": file.state,
        "row_count": file.row_count,
        "booked_count": file.booked_count,
        "existing_count": file.existing_count,
        "similar_count": file.similar_count,
        "read_seconds": reading.seconds,
        "book_seconds": booking.seconds,
        "idle_mb": idle_mb,
        "peak_mb": _peak_mb(),
    }
    print(json.dumps(figures))


def _peak_mb() -> float:
    """The most memory that this process ever held."""
    try:
        # Not ru_maxrss where it can be helped: that begins with the memory of the process we were started from.
        status = Path("/proc/self/status").read_text()
    except OSError:
        return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return round(int(kilobytes) / 1024, 1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
