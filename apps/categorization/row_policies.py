"""Which rows of the categorization belong to which account."""

from apps.tenancy.narrowing import HIDDEN
from apps.tenancy.policies import Policy, of_parent, seen, writable

_OF_ROW = of_parent(
    "ledger_transaction", "parent.id = categorization_rulehit.transaction_id", writes=writable("parent.account_id")
)
# What a rule did to a row that one sees names the rule: one that is hidden is hidden there, too, also when it is gone.
_RULE_IS_SEEN = """
    (EXISTS (SELECT FROM categorization_categoryrule r WHERE r.id = categorization_rulehit.rule_id)
     OR EXISTS (SELECT FROM ledger_change c WHERE c."table" = 'categorization.categoryrule'
                   AND c.row_id = categorization_rulehit.rule_id AND c.after IS NULL))
"""

POLICIES = {
    "categorization_merchantalias": Policy(
        *(f"(account_id IS NULL OR {condition})" for condition in (seen("account_id"), writable("account_id")))
    ),
    # A rule of a hidden account is hidden whole: without the condition that names the account it would take any row.
    "categorization_categoryrule": Policy(
        "NOT EXISTS (SELECT FROM categorization_rulecondition c WHERE c.rule_id = categorization_categoryrule.id"
        f" AND c.account_id = ANY ((SELECT current_setting('{HIDDEN}'))::bigint[]))"
    ),
    "categorization_rulerun": Policy(
        "(changeset_id IS NULL OR EXISTS (SELECT FROM ledger_changeset s WHERE s.id = changeset_id))"
        " AND (rule_id IS NULL OR EXISTS (SELECT FROM categorization_categoryrule r WHERE r.id = rule_id))"
    ),
    "categorization_rulehit": Policy(f"{_OF_ROW.sees} AND {_RULE_IS_SEEN}", _OF_ROW.writes),
}
OPEN = {
    "categorization_rulecondition": "words and ids of a rule, which is itself hidden where it names a hidden account",
}
