"""Bank files for the journeys, with what a person must see of them."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """A Bank of America checking file. Amounts as the pages write them; the month is the last one with rows."""

    path: Path
    row_count: int
    period: str
    total: str
    month: str
    month_in: str
    month_out: str
    month_net: str
    month_rows: int
    newest_day: str


OURS = Sample(
    path=Path(__file__).parents[1] / "samples" / "bank" / "bofa_checking_2026.csv",
    row_count=12,
    period="15 Jan – 5 Mar 2026",
    total="$3,848.57",
    month="March 2026",
    month_in="$12.00",
    month_out="$2,319.05",
    month_net="−$2,307.05",
    month_rows=4,
    newest_day="Thu 5 March",
)
_SHARED = os.environ.get("WALLET_SHARED_SAMPLES")
SAMPLES = [OURS] + (
    [
        Sample(
            path=Path(_SHARED) / "bank" / "bofa_checking_24m.csv",
            row_count=360,
            period="1 Nov 2024 – 20 Nov 2026",
            total="−$13,718.73",
            month="November 2026",
            month_in="$2,991.37",
            month_out="$4,619.54",
            month_net="−$1,628.17",
            month_rows=6,
            newest_day="Fri 20 November",
        )
    ]
    if _SHARED
    else []
)
# A folder without the file is a mistake of whoever set the variable, and is told by the test that opens it.
