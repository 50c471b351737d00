"""What happens to memberships, for the ledger, which stands above them."""

from django.dispatch import Signal

# Somebody's membership ends; sent inside the transaction that ends it. Arguments: household, person (their id),
# is_own_wish. A receiver may raise an ExpectedError, and then they stay.
membership_ends = Signal()
# A member is a viewer from now on; sent inside the transaction, too. Arguments: household, person (their id).
becomes_viewer = Signal()
