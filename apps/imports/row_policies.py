"""Which files and rows of imports belong to which account."""

from apps.tenancy.policies import PERSON_ID, Policy, of_account, seen, writable


def _of_file(condition: str) -> str:
    """Until its account is chosen, a file is its uploader's, and theirs who had it read anew."""
    return f"CASE WHEN account_id IS NULL THEN {PERSON_ID} IN (uploaded_by_id, ordered_by_id) ELSE {condition} END"


_FILE = "SELECT FROM imports_importfile parent WHERE parent.id = imports_importrow.file_id"
# A line that is no row may be about any account of the file. Who did not bring it sees those that name the statement's
# own, and those that name none where they see all of its statements.
_IS_ITS_OWN = f"""
    (parent.uploaded_by_id = {PERSON_ID}
     OR CASE WHEN imports_importrow.account_hint <> '' THEN imports_importrow.account_hint = parent.account_hint
             ELSE parent.part_count <= greatest(1, (SELECT count(*) FROM imports_importfile other
                                                     WHERE other.storage_key = parent.storage_key
                                                       AND other.storage_key <> ''
                                                       AND other.rest_of_id IS NULL)) END)
"""  # noqa: S608

POLICIES = {
    "imports_importfile": Policy(_of_file(seen("account_id")), _of_file(writable("account_id"))),
    "imports_importrow": Policy(
        f"EXISTS ({_FILE}) AND (date IS NOT NULL OR EXISTS ({_FILE} AND {_IS_ITS_OWN}))",
        f"EXISTS ({_FILE} AND (parent.account_id IS NULL OR {writable('parent.account_id')}))",
    ),
    "imports_importbatch": Policy(
        f"uploaded_by_id = {PERSON_ID}"
        " OR EXISTS (SELECT FROM imports_importfile f WHERE f.batch_id = imports_importbatch.id)"
    ),
    "imports_accounthint": of_account(),
}
OPEN = {
    "imports_landedrow": "put in and taken out in one transaction, so that no other sees a row",
    "imports_importformat": "how files of a shape are read, of no file",
}
