"""Which rows of the ledger belong to which account, for who may not see or change all of them."""

from apps.tenancy.policies import PERSON_ID, Policy, of_account, seen, writable


def _of_row(condition: str, *columns: str) -> str:
    """The row of the ledger in each of the columns is there, and its account meets the condition."""
    return " AND ".join(
        f"EXISTS (SELECT FROM ledger_transaction t WHERE t.id = {column} AND {condition})" for column in columns
    )


def _of_rows(*columns: str) -> Policy:
    # What the subquery finds is what the narrow role sees itself.
    return Policy(_of_row("true", *columns), _of_row(writable("t.account_id"), *columns))


_BOTH = _SENT, _RECEIVED = "ledger_transfer.outgoing_id", "ledger_transfer.incoming_id"
_OF_CHANGE = Policy(
    *(
        " AND ".join(f"({column} IS NULL OR {of(column)})" for column in ("account_id", "other_account_id"))
        for of in (seen, writable)
    )
)
# A deed of several accounts is seen by who sees one of its rows: the history of that row needs it. A deed that has just
# begun has none, and is its actor's.
_OF_CHANGESET = f"""
    CASE WHEN account_id IS NOT NULL THEN {seen("account_id")}
         ELSE revision IS NULL AND actor_id = {PERSON_ID}
              OR EXISTS (SELECT FROM ledger_change c WHERE c.changeset_id = ledger_changeset.id)
              OR EXISTS (SELECT FROM ledger_transaction t WHERE t.changeset_id = ledger_changeset.id) END
"""  # noqa: S608

POLICIES = {
    "ledger_account": of_account("id"),
    "ledger_transaction": of_account(),
    "ledger_transactiontag": _of_rows("ledger_transactiontag.transaction_id"),
    # Who sees one of the rows knows that it is linked, for there is what linked rows cannot be; the other stays hidden.
    "ledger_transfer": Policy(f"{_of_row('true', _SENT)} OR {_of_row('true', _RECEIVED)}", _of_rows(*_BOTH).writes),
    "ledger_transferrejection": _of_rows(
        "ledger_transferrejection.outgoing_id", "ledger_transferrejection.incoming_id"
    ),
    "ledger_reconciliation": of_account(),
    "ledger_statedbalance": of_account(),
    "ledger_change": _OF_CHANGE,
    "ledger_changeset": Policy(_OF_CHANGESET),
}
OPEN = {
    "ledger_tag": "words of the household",
    "ledger_splittemplate": "shares that a person wrote down, of no row",
    "ledger_splitpart": "shares that a person wrote down, of no row",
    "ledger_savedfilter": "questions about rows: whoever asks them gets their own rows",
    "ledger_revision": "one number",
}
