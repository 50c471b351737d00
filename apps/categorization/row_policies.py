"""Which rows of the categorization belong to which account."""

from apps.tenancy.narrowing import HIDDEN
from apps.tenancy.policies import Policy, of_parent

POLICIES = {
    # A rule of a hidden account is hidden whole: without the condition that names the account it would take any row.
    "categorization_categoryrule": Policy(
        "NOT EXISTS (SELECT FROM categorization_rulecondition c WHERE c.rule_id = categorization_categoryrule.id"
        f" AND c.account_id = ANY ((SELECT current_setting('{HIDDEN}'))::bigint[]))"
    ),
    "categorization_rulerun": Policy(
        "changeset_id IS NULL OR EXISTS (SELECT FROM ledger_changeset s WHERE s.id = changeset_id)"
    ),
    "categorization_rulehit": of_parent("ledger_transaction", "parent.id = categorization_rulehit.transaction_id"),
}
OPEN = {
    "categorization_rulecondition": "words and ids of a rule, which is itself hidden where it names a hidden account",
    "categorization_merchantalias": "words of the household: what merchants are called",
}
