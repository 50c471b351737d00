"""Runs the parts and keeps what they found."""

import json
import os
import platform
from pathlib import Path
from typing import Any

from django.utils import timezone

from benchmarks import bulk_50k, import_50k, import_50k_onto_500k, import_500k, pages, provision, rules_100k
from benchmarks.database import own_database, server_version
from benchmarks.measuring import BenchmarkFailed, Stopwatch, say
from benchmarks.names import PARTS
from config.celery import app

RESULTS = Path(__file__).with_name("results.json")


def run(parts: list[str]) -> bool:
    """Measures the parts, prints the table, and writes their figures over those of earlier runs; others stay.

    A part that fails costs its own figures only; returns whether none did.
    """
    found: dict[str, Any] = {}
    failed = []
    with own_database():
        for part in parts:
            watch = Stopwatch()
            try:
                with watch.running():
                    found |= _measure(part, found)
            except BenchmarkFailed as reason:
                failed.append(f"{part}: {reason}")
            say(f"{part} took {watch.seconds:.0f} s")
        found["machine"] = _machine()
        app.control.purge()
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    merged = known | found
    ordered = {name: merged[name] for name in ("machine", *PARTS, *sorted(merged)) if name in merged}
    RESULTS.write_text(json.dumps(ordered, indent=2) + "\n")
    print(table({name: found[name] for name in ("machine", *PARTS) if name in found}))
    for line in failed:
        print(f"NOT MEASURED  {line}")
    return not failed


def _measure(part: str, found: dict[str, Any]) -> dict[str, Any]:
    match part:
        case "import_50k":
            return {part: import_50k.measure()}
        case "import_50k_onto_500k":
            onto_nothing = found.get("import_50k") or import_50k.measure()
            return {"import_50k": onto_nothing, part: import_50k_onto_500k.measure(onto_nothing)}
        case "import_500k":
            return {part: import_500k.measure()}
        case "bulk_50k" | "undo_50k":
            return {} if part in found else bulk_50k.measure()
        case "rules_100k":
            return {part: rules_100k.measure()}
        case "provision":
            return {part: provision.measure()}
        case _:
            return {part: pages.measure()}


def _machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "postgres": server_version(),
        "date": timezone.localdate().isoformat(),
    }


def table(figures: dict[str, Any]) -> str:
    """For people: a line for each thing measured, its figures side by side."""
    lines = []
    for part, content in figures.items():
        nested = {name: value for name, value in content.items() if isinstance(value, dict)}
        flat = {name: value for name, value in content.items() if name not in nested}
        lines += ["", part]
        lines += [f"  {name:<26}{value}" for name, value in flat.items()]
        lines += [
            f"  {name:<26}" + "".join(f"{key} {value:<12}" for key, value in inner.items()).rstrip()
            for name, inner in nested.items()
        ]
    return "\n".join(lines) + "\n"
