"""Times and what is said of many of them."""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class BenchmarkFailed(Exception):
    """What was to be measured did not happen; the text says what."""


class Stopwatch:
    """`seconds` of the block it was used around."""

    seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds = time.perf_counter() - start


def milliseconds(deed: Callable[[], object], *, times: int, before: Callable[[], object] | None = None) -> list[float]:
    """How long the deed took, each time; `before` is done each time and not counted."""
    taken = []
    for _ in range(times):
        if before is not None:
            before()
        watch = Stopwatch()
        with watch.running():
            deed()
        taken.append(watch.seconds * 1000)
    return taken


def percentile(values: list[float], percent: int) -> float:
    """The value that so many percent of the values do not exceed."""
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 2)


def median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def say(text: str) -> None:
    """A note of what is going on, for whoever waits; the table is the result."""
    print(f"  … {text}", file=sys.stderr, flush=True)
