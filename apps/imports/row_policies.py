"""Which files and rows of imports belong to which account."""

from apps.tenancy.policies import PERSON_ID, Policy, of_account, of_parent, seen, writable


def _of_file(condition: str) -> str:
    """Until its account is chosen, a file is its uploader's."""
    return f"CASE WHEN account_id IS NULL THEN uploaded_by_id = {PERSON_ID} ELSE {condition} END"


POLICIES = {
    "imports_importfile": Policy(_of_file(seen("account_id")), _of_file(writable("account_id"))),
    "imports_importrow": of_parent("imports_importfile", "parent.id = imports_importrow.file_id"),
    "imports_importbatch": Policy(
        f"uploaded_by_id = {PERSON_ID}"
        " OR EXISTS (SELECT FROM imports_importfile f WHERE f.batch_id = imports_importbatch.id)"
    ),
    "imports_accounthint": of_account(),
}
OPEN = {
    "imports_importformat": "how files of a shape are read, of no file",
}
