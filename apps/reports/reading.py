"""What reports count."""

# Transfers between own accounts are neither income nor spending; other currencies cannot be added to ours.
OWN_MONEY = """
    ledger_transaction t JOIN ledger_account a ON a.id = t.account_id
     WHERE a.currency = %(currency)s AND NOT t.is_transfer
"""
