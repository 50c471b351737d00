"""The parts, in the order in which they run. Imported before Django is set up."""

PARTS = (
    "import_50k",
    "import_50k_onto_500k",
    "import_500k",
    "bulk_50k",
    "undo_50k",
    "rules_100k",
    "provision",
    "pages",
)
