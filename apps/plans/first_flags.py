"""The flags as a new installation begins with them (product B7). From then on the table says what they are.

The trial has all of them: it shows all that there is, of little data.
"""

from typing import Any

FIRST_FLAGS: list[dict[str, Any]] = [
    {
        "name": "api_access",
        "title": "Access by the API",
        "told": "Your own scripts and other programs can read your household and add to it.",
        "plans": ["trial", "pro", "family"],
    },
    {
        "name": "scheduled_reports",
        "title": "Reports by mail",
        "told": "The reports that you choose come to you by mail, every week or every month.",
        "plans": ["trial", "pro", "family"],
    },
    {
        "name": "multiple_accounts",
        "title": "More than one account",
        "told": "All your bank accounts and cards stand side by side, and what goes between them is no spending.",
        "plans": ["trial", "pro", "family"],
    },
    {
        "name": "family_sharing",
        "title": "Sharing with your family",
        "told": "You invite others into the household, and everybody decides who sees their own accounts.",
        "plans": ["trial", "family"],
    },
    {
        "name": "csv_export",
        "title": "Reports as files",
        "told": "The tables of your reports can be saved for a spreadsheet. Your transactions always can, on any plan.",
        "plans": ["trial", "basic", "pro", "family"],
    },
    {
        "name": "advanced_charts",
        "title": "Charts that go deeper",
        "told": "How money flows from income to buckets, a map of what goes where, and a calendar of your spending.",
        "plans": ["trial", "pro", "family"],
    },
]
