"""What a rate limit is. The table of them stands in the settings (`config/limits.py`); `operations` counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

By = Literal["address", "person", "household", "name typed", "name typed, at an address"]


@dataclass(frozen=True)
class Limit:
    rate: str
    """`5/m`: so many in each second, minute, hour or day (s, m, h, d); `10/5m` in each five minutes."""
    by: By
    """Whose requests are counted together. What is typed counts in lower case, with an account or without."""
    views: Sequence[str]
    """The names of the addresses, as `reverse` knows them."""
    sentence: str
    """What was too often, in the words of who reads it."""
    methods: Sequence[str] = ("POST",)
    grows_with_plan: bool = False
