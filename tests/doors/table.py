"""The one table of who finds what at which address. It says what should be; nothing in it is read from the code.

The owner has just typed their password and has a second step; the others have not. The stranger is invited to the
household, and the member may become its owner. Staff are signed in by both doors, whatever that is worth.

A group is what seven people find by GET and by POST (with an empty form), and then its addresses. A new address
needs a line here, in the group whose outcomes it should have; its parameters are filled in from `STANDS_FOR`.

page       the page; after a POST also the page or the sentence that asks again
sent on    a redirect: the deed was done or refused in words, or the page is another
sign-in    to the page on which one signs in
confirm    to the page that asks once more who one is
staff's way in  to the page on which staff sign in
not there  404        refused  403        no method  405        unsigned  401, with a page that says why
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.doors.world import PEOPLE

TABLE = """
                                    signed out | stranger | viewer | member | owner | staff | suspended

Inside a household
------------------
Everybody in it may look, and there is nothing to do
GET   sign-in | not there | page | page | page | sign-in | sign-in
POST  sign-in | not there | no method | no method | no method | sign-in | sign-in
    /h/ours/
    /h/ours/accounts/
    /h/ours/accounts/<account_id>/
    /h/ours/accounts/statements/<reconciliation_id>/
    /h/ours/filters/
    /h/ours/history/
    /h/ours/history/<changeset_id>/
    /h/ours/imports/<file_id>/
    /h/ours/imports/formats/
    /h/ours/imports/formats/<format_id>/export/
    /h/ours/merchants/
    /h/ours/review/
    /h/ours/rules/
    /h/ours/rules/<rule_id>/test/
    /h/ours/rules/runs/
    /h/ours/rules/runs/<run_id>/
    /h/ours/settings/activity/
    /h/ours/settings/plan/
    /h/ours/settings/plan/choose/
    /h/ours/split-templates/
    /h/ours/tags/
    /h/ours/transactions/
    /h/ours/transactions/<pk>/
    /h/ours/transfers/
    /h/ours/transfers/of/<transaction_id>/

Everybody in it may take it with them, once they have shown who they are
GET   sign-in | not there | confirm | confirm | page | sign-in | sign-in
POST  sign-in | not there | no method | no method | no method | sign-in | sign-in
    /h/ours/transactions/export/<kind>/

Everybody in it is sent to what it stands for
GET   sign-in | not there | sent on | sent on | sent on | sign-in | sign-in
POST  sign-in | not there | no method | no method | no method | sign-in | sign-in
    /h/ours/filters/<pk>/

Everybody in it may look; members change it on the same page
GET   sign-in | not there | page | page | page | sign-in | sign-in
POST  sign-in | not there | refused | page | page | sign-in | sign-in
    /h/ours/accounts/<account_id>/reconcile/
    /h/ours/imports/
    /h/ours/split-templates/<template_id>/
    /h/ours/tags/<tag_id>/

Everybody in it may look; members book what it shows
GET   sign-in | not there | page | page | page | sign-in | sign-in
POST  sign-in | not there | refused | sent on | sent on | sign-in | sign-in
    /h/ours/imports/uploads/<batch_id>/

Members fill in a form; an empty one is asked again
GET   sign-in | not there | refused | page | page | sign-in | sign-in
POST  sign-in | not there | refused | page | page | sign-in | sign-in
    /h/ours/accounts/<account_id>/edit/
    /h/ours/accounts/<account_id>/merge/
    /h/ours/accounts/new/
    /h/ours/imports/<file_id>/account/
    /h/ours/imports/<file_id>/columns/
    /h/ours/imports/formats/<format_id>/
    /h/ours/merchants/aliases/<alias_id>/
    /h/ours/merchants/aliases/new/
    /h/ours/rules/<rule_id>/
    /h/ours/rules/new/
    /h/ours/split-templates/new/
    /h/ours/tags/<tag_id>/delete/
    /h/ours/tags/<tag_id>/merge/
    /h/ours/tags/new/
    /h/ours/transactions/<pk>/edit/
    /h/ours/transactions/<transaction_id>/split/
    /h/ours/transactions/new/
    /h/ours/transfers/<transfer_id>/unlink/

Members are asked whether they mean it, and do it
GET   sign-in | not there | refused | page | page | sign-in | sign-in
POST  sign-in | not there | refused | sent on | sent on | sign-in | sign-in
    /h/ours/accounts/<account_id>/archive/
    /h/ours/accounts/<account_id>/delete/
    /h/ours/accounts/statements/<reconciliation_id>/discard/
    /h/ours/imports/formats/<format_id>/delete/
    /h/ours/merchants/aliases/<alias_id>/delete/
    /h/ours/review/<transaction_id>/accept-from-here/
    /h/ours/split-templates/<template_id>/delete/
    /h/ours/accounts/order/
    /h/ours/accounts/statements/<reconciliation_id>/unlock/
    /h/ours/imports/<file_id>/roll-back/
    /h/ours/merchants/apply/
    /h/ours/rules/<rule_id>/delete/
    /h/ours/rules/apply/
    /h/ours/transactions/<pk>/delete/
    /h/ours/transfers/sure/

Members do it with a button of another page
GET   sign-in | not there | no method | no method | no method | sign-in | sign-in
POST  sign-in | not there | refused | sent on | sent on | sign-in | sign-in
    /h/ours/accounts/<account_id>/balances/<stated_id>/forget/
    /h/ours/accounts/<account_id>/unarchive/
    /h/ours/accounts/statements/<reconciliation_id>/lock/
    /h/ours/accounts/statements/<reconciliation_id>/tick-all/
    /h/ours/accounts/statements/<reconciliation_id>/ticks/
    /h/ours/accounts/statements/<reconciliation_id>/untick-all/
    /h/ours/filters/<pk>/delete/
    /h/ours/filters/<pk>/pin/
    /h/ours/filters/<pk>/rename/
    /h/ours/filters/<pk>/unpin/
    /h/ours/filters/save/
    /h/ours/history/<changeset_id>/undo-the-rest/
    /h/ours/history/<changeset_id>/undo/
    /h/ours/imports/<file_id>/cancel/
    /h/ours/imports/<file_id>/choices/
    /h/ours/imports/<file_id>/confirm/
    /h/ours/imports/<file_id>/confirm-newest/
    /h/ours/imports/<file_id>/run-again/
    /h/ours/merchants/suggestions/accept/
    /h/ours/merchants/suggestions/dismiss/
    /h/ours/review/<transaction_id>/answer/
    /h/ours/review/<transaction_id>/assign/
    /h/ours/rules/<rule_id>/apply/
    /h/ours/rules/<rule_id>/disable/
    /h/ours/rules/<rule_id>/duplicate/
    /h/ours/rules/<rule_id>/enable/
    /h/ours/rules/groups/up/
    /h/ours/rules/order/
    /h/ours/tags/order/<namespace>/
    /h/ours/transactions/<pk>/bucket/
    /h/ours/transactions/<pk>/notes/
    /h/ours/transactions/<pk>/status/
    /h/ours/transactions/<pk>/tags/
    /h/ours/transactions/<pk>/tags/<tag_id>/remove/
    /h/ours/transactions/<transaction_id>/split/remove/
    /h/ours/transactions/bulk/<word>/
    /h/ours/transactions/bulk/<word>/confirmed/
    /h/ours/transfers/link/
    /h/ours/transfers/mark/
    /h/ours/transfers/reject/
    /h/ours/transfers/rejections/<rejection_id>/take-back/
    /h/ours/transfers/unmark/

Everybody in it chooses what they see
GET   sign-in | not there | no method | no method | no method | sign-in | sign-in
POST  sign-in | not there | sent on | sent on | sent on | sign-in | sign-in
    /h/ours/transactions/columns/

Members get a part of a page, or are told what is missing
GET   sign-in | not there | no method | no method | no method | sign-in | sign-in
POST  sign-in | not there | refused | page | page | sign-in | sign-in
    /h/ours/accounts/<account_id>/check/
    /h/ours/accounts/statements/<reconciliation_id>/statement/
    /h/ours/imports/<file_id>/columns/preview/
    /h/ours/imports/formats/<format_id>/try/
    /h/ours/imports/formats/take-in/
    /h/ours/imports/place/
    /h/ours/imports/take-in/
    /h/ours/merchants/aliases/<alias_id>/try/
    /h/ours/merchants/aliases/try/
    /h/ours/rules/<rule_id>/more/
    /h/ours/rules/<rule_id>/try/
    /h/ours/rules/<rule_id>/without/<line>/
    /h/ours/rules/new/more/
    /h/ours/rules/new/try/
    /h/ours/rules/new/without/<line>/
    /h/ours/split-templates/add-part/
    /h/ours/transactions/<transaction_id>/split/add-part/
    /h/ours/transactions/<transaction_id>/split/keep/

Its settings and its people: everybody in it may look, its owner changes them on the same page
GET   sign-in | not there | page | page | page | sign-in | sign-in
POST  sign-in | not there | refused | refused | page | sign-in | sign-in
    /h/ours/settings/
    /h/ours/settings/members/

Its owner does it with a button of another page
GET   sign-in | not there | no method | no method | no method | sign-in | sign-in
POST  sign-in | not there | refused | refused | sent on | sign-in | sign-in
    /h/ours/settings/members/invitations/<invitation_id>/send/
    /h/ours/settings/members/invitations/<invitation_id>/withdraw/
    /h/ours/settings/members/<membership_id>/role/
    /h/ours/settings/ownership/withdraw/
    /h/ours/settings/plan/card/
    /h/ours/settings/plan/checkout/
    /h/ours/settings/plan/resume/

Its owner looks, and there is nothing to do
GET   sign-in | not there | refused | refused | page | sign-in | sign-in
POST  sign-in | not there | no method | no method | no method | sign-in | sign-in
    /h/ours/settings/plan/invoices/
    /h/ours/settings/plan/return/

Its owner is asked about a plan that is paid; there is none, and a sentence says so
GET   sign-in | not there | refused | refused | sent on | sign-in | sign-in
POST  sign-in | not there | refused | refused | sent on | sign-in | sign-in
    /h/ours/settings/plan/cancel/
    /h/ours/settings/plan/change/

Its owner is asked whether they mean it, and does it
GET   sign-in | not there | refused | refused | page | sign-in | sign-in
POST  sign-in | not there | refused | refused | sent on | sign-in | sign-in
    /h/ours/accounts/active/
    /h/ours/settings/members/<membership_id>/remove/
GET   sign-in | not there | refused | refused | page | sign-in | sign-in
POST  sign-in | not there | refused | refused | page | sign-in | sign-in
    /h/ours/settings/ownership/

Whoever may become its owner answers; of others there is nothing to answer, and a sentence says so
GET   sign-in | not there | refused | page | page | sign-in | sign-in
POST  sign-in | not there | no method | no method | no method | sign-in | sign-in
    /h/ours/settings/ownership/answer/
GET   sign-in | not there | no method | no method | no method | sign-in | sign-in
POST  sign-in | not there | refused | sent on | sent on | sign-in | sign-in
    /h/ours/settings/ownership/accept/
    /h/ours/settings/ownership/decline/

Everybody leaves by themselves; its owner is told in words why not
GET   sign-in | not there | page | page | page | sign-in | sign-in
POST  sign-in | not there | sent on | sent on | sent on | sign-in | sign-in
    /h/ours/settings/members/leave/

The public site
---------------
For everybody
GET   page | page | page | page | page | page | page
POST  no method | no method | no method | no method | no method | no method | no method
    /accounts/3rdparty/login/cancelled/
    /accounts/confirm-email/
    /accounts/inactive/
    /accounts/password/reset/done/
    /accounts/password/reset/key/done/
    /health
    /health/ready
    /pricing/

Where Stripe tells us what happened: only what it has signed counts
GET   no method | no method | no method | no method | no method | no method | no method
POST  page | page | page | page | page | page | page
    /billing/webhook/

The way in, for who is outside
GET   page | sent on | sent on | sent on | sent on | page | page
POST  no method | no method | no method | no method | no method | no method | no method
    /
GET   page | sent on | sent on | sent on | sent on | page | page
POST  page | sent on | sent on | sent on | sent on | page | page
    /accounts/login/
    /accounts/signup/

The way in that began elsewhere, and did not
GET   sent on | sent on | sent on | sent on | sent on | sent on | sent on
POST  sent on | sent on | sent on | sent on | sent on | sent on | sent on
    /accounts/3rdparty/signup/
    /accounts/login/code/confirm/
GET   sign-in | unsigned | unsigned | unsigned | unsigned | sign-in | sign-in
POST  sign-in | no method | no method | no method | no method | sign-in | sign-in
    /accounts/3rdparty/login/error/

What a mail leads to: whoever holds it is let in
GET   page | page | page | page | page | page | page
POST  sent on | sent on | sent on | sent on | sent on | sent on | sent on
    /accounts/confirm-email/<key>/
GET   sent on | sent on | sent on | sent on | sent on | sent on | sent on
POST  sent on | sent on | sent on | sent on | sent on | sent on | sent on
    /accounts/password/reset/key/<uidb36>-<key>/
GET   page | page | page | page | page | page | page
POST  page | page | page | page | page | page | page
    /accounts/password/reset/
    /mail/no-offers/<token>/

The way out
GET   sent on | page | page | page | page | sent on | sent on
POST  sent on | sent on | sent on | sent on | sent on | sent on | sent on
    /accounts/logout/

One's first household, if nobody asks one in
GET   sign-in | sent on | sent on | sent on | sent on | sign-in | sign-in
POST  sign-in | page | sent on | sent on | sent on | sign-in | sign-in
    /start/

One's own account
GET   sign-in | page | page | page | page | sign-in | sign-in
POST  sign-in | page | page | page | page | sign-in | sign-in
    /accounts/3rdparty/
    /accounts/password/change/
    /accounts/reauthenticate/
GET   sign-in | page | page | page | page | sign-in | sign-in
POST  sign-in | sent on | sent on | sent on | sent on | sign-in | sign-in
    /accounts/email/
GET   sign-in | sent on | sent on | sent on | sent on | sign-in | sign-in
POST  sign-in | sent on | sent on | sent on | sent on | sign-in | sign-in
    /accounts/social/connections/
    /accounts/social/login/cancelled/
    /accounts/social/login/error/
    /accounts/social/signup/

A person's households, and another one
GET   sign-in | page | page | page | page | sign-in | sign-in
POST  sign-in | no method | no method | no method | no method | sign-in | sign-in
    /households/
GET   sign-in | page | page | page | page | sign-in | sign-in
POST  sign-in | page | page | page | page | sign-in | sign-in
    /households/new/

An invitation: whoever has the link may read it, and it is for one person; the others are told so
GET   page | page | page | page | page | page | page
POST  no method | no method | no method | no method | no method | no method | no method
    /invitations/<token>/
GET   sign-in | no method | no method | no method | no method | sign-in | sign-in
POST  sign-in | sent on | sent on | sent on | sent on | sign-in | sign-in
    /invitations/<token>/accept/
    /invitations/<token>/decline/
GET   sign-in | no method | no method | no method | no method | sign-in | sign-in
POST  sign-in | sent on | not there | not there | not there | sign-in | sign-in
    /households/invitations/<invitation_id>/accept/
    /households/invitations/<invitation_id>/decline/

One's profile and sessions; a session of the owner's is nobody else's to end
GET   sign-in | page | page | page | page | sign-in | sign-in
POST  sign-in | page | page | page | page | sign-in | sign-in
    /accounts/profile/
GET   sign-in | page | page | page | page | sign-in | sign-in
POST  sign-in | no method | no method | no method | no method | sign-in | sign-in
    /accounts/sessions/
GET   sign-in | no method | no method | no method | no method | sign-in | sign-in
POST  sign-in | sent on | sent on | sent on | sent on | sign-in | sign-in
    /accounts/sessions/end-others/
GET   sign-in | no method | no method | no method | no method | sign-in | sign-in
POST  sign-in | not there | not there | not there | sent on | sign-in | sign-in
    /accounts/sessions/<pk>/end/

The second confirmation, and a second step of signing in, which only the owner has
GET   sign-in | confirm | confirm | confirm | confirm | sign-in | sign-in
POST  sign-in | no method | no method | no method | no method | sign-in | sign-in
    /accounts/confirm/
GET   sign-in | page | page | page | page | sign-in | sign-in
POST  sign-in | no method | no method | no method | no method | sign-in | sign-in
    /accounts/2fa/
    /accounts/2fa/webauthn/
GET   sign-in | confirm | confirm | confirm | page | sign-in | sign-in
POST  sign-in | confirm | confirm | confirm | page | sign-in | sign-in
    /accounts/2fa/webauthn/add/
    /accounts/2fa/webauthn/keys/<pk>/edit/
GET   sign-in | confirm | confirm | confirm | page | sign-in | sign-in
POST  sign-in | confirm | confirm | confirm | sent on | sign-in | sign-in
    /accounts/2fa/webauthn/keys/<pk>/remove/
    /accounts/2fa/recovery-codes/generate/
GET   sign-in | not there | not there | not there | page | sign-in | sign-in
POST  sign-in | not there | not there | not there | sent on | sign-in | sign-in
    /accounts/2fa/totp/deactivate/
GET   sign-in | confirm | confirm | confirm | sent on | sign-in | sign-in
POST  sign-in | confirm | confirm | confirm | sent on | sign-in | sign-in
    /accounts/2fa/totp/activate/
    /accounts/password/set/
GET   sign-in | not there | not there | not there | page | sign-in | sign-in
POST  sign-in | not there | not there | not there | no method | sign-in | sign-in
    /accounts/2fa/recovery-codes/download/
GET   sign-in | not there | not there | not there | page | sign-in | sign-in
POST  sign-in | no method | no method | no method | no method | sign-in | sign-in
    /accounts/2fa/recovery-codes/
GET   sign-in | sent on | sent on | sent on | page | sign-in | sign-in
POST  sign-in | sent on | sent on | sent on | page | sign-in | sign-in
    /accounts/2fa/reauthenticate/
GET   sign-in | sent on | sent on | sent on | page | sign-in | sign-in
POST  sign-in | sent on | sent on | sent on | sent on | sign-in | sign-in
    /accounts/2fa/webauthn/reauthenticate/
GET   sent on | sent on | sent on | sent on | sent on | sent on | sent on
POST  sent on | sent on | sent on | sent on | sent on | sent on | sent on
    /accounts/2fa/authenticate/
    /accounts/2fa/webauthn/login/

The staff's site
----------------
The way in itself
GET   page | page | page | page | page | sent on | page
POST  page | page | page | page | page | page | page
    /admin/login/
GET   staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | no method | staff's way in
POST  staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | page | staff's way in
    /admin/logout/

Staff look
GET   staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | page | staff's way in
POST  staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | page | staff's way in
    /admin/
    /admin/<app_label>/
    /admin/password_change/
    /admin/audit/auditevent/
    /admin/billing/billingevent/
    /admin/households/deadletter/
    /admin/households/household/
    /admin/households/membership/
    /admin/mail/message/
    /admin/plans/flag/
    /admin/plans/plan/
    /admin/plans/subscription/
    /admin/users/user/
    /admin/households/household/<object_id>/comp/
    /admin/households/household/<object_id>/end-comp/
    /admin/households/household/<object_id>/extend-trial/
    /admin/households/household/<object_id>/suspend/
    /admin/households/household/<object_id>/unsuspend/
GET   staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | page | staff's way in
POST  staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | no method | staff's way in
    /admin/jsi18n/
    /admin/revenue/
    /admin/password_change/done/

Staff look and change; an empty form is asked again
GET   staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | page | staff's way in
POST  staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | page | staff's way in
    /admin/plans/flag/<object_id>/change/
    /admin/plans/plan/<object_id>/change/

Staff look, and change nothing
GET   staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | page | staff's way in
POST  staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | refused | staff's way in
    /admin/audit/auditevent/<object_id>/change/
    /admin/households/household/<object_id>/change/
    /admin/users/user/<object_id>/change/

Nobody adds or deletes anything there, nor finds what is not listed
GET   staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | refused | staff's way in
POST  staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | refused | staff's way in
    /admin/audit/auditevent/<object_id>/delete/
    /admin/audit/auditevent/add/
    /admin/households/household/<object_id>/delete/
    /admin/households/household/add/
    /admin/plans/flag/<object_id>/delete/
    /admin/plans/flag/add/
    /admin/plans/plan/<object_id>/delete/
    /admin/plans/plan/add/
    /admin/users/user/<object_id>/delete/
    /admin/users/user/add/
GET   staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | refused | staff's way in
POST  staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | no method | staff's way in
    /admin/autocomplete/
GET   staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | not there | staff's way in
POST  staff's way in | staff's way in | staff's way in | staff's way in | staff's way in | not there | staff's way in
    /admin/<url>
    /admin/r/<content_type_id>/<object_id>/
"""

# What a parameter stands for, by the beginning of the address; the first line that fits counts.
STANDS_FOR = (
    ("/accounts/2fa/webauthn/keys/", "pk", "passkey"),
    ("/accounts/sessions/", "pk", "session"),
    ("/admin/audit/", "object_id", "event"),
    ("/admin/households/household/", "object_id", "household"),
    ("/admin/plans/flag/", "object_id", "flag"),
    ("/admin/plans/plan/", "object_id", "plan"),
    ("/admin/", "object_id", "person"),
    ("/h/ours/accounts/<account_id>/archive/", "account_id", "empty_account"),
    ("/h/ours/accounts/<account_id>/balances/", "account_id", "balanced"),
    ("/h/ours/accounts/<account_id>/unarchive/", "account_id", "archived_account"),
    ("/h/ours/accounts/statements/<reconciliation_id>/unlock/", "reconciliation_id", "locked"),
    ("/h/ours/filters/", "pk", "filter"),
    ("/h/ours/imports/<file_id>/account/", "file_id", "homeless_file"),
    ("/h/ours/imports/<file_id>/columns/", "file_id", "asked_file"),
    ("/h/ours/imports/<file_id>/roll-back/", "file_id", "booked_file"),
    ("/h/ours/imports/<file_id>/run-again/", "file_id", "stalled_file"),
    ("/h/ours/transactions/<transaction_id>/split/remove/", "transaction_id", "shared_row"),
    ("/", "account_id", "account"),
    ("/", "alias_id", "alias"),
    ("/", "batch_id", "batch"),
    ("/", "changeset_id", "changeset"),
    ("/", "file_id", "read_file"),
    ("/", "format_id", "format"),
    ("/", "invitation_id", "invitation"),
    ("/", "membership_id", "membership"),
    ("/mail/no-offers/", "token", "refusal_token"),
    ("/", "token", "token"),
    ("/", "content_type_id", "content_type"),
    ("/", "pk", "row"),
    ("/", "reconciliation_id", "opened"),
    ("/", "rejection_id", "rejection"),
    ("/", "rule_id", "rule"),
    ("/", "run_id", "run"),
    ("/", "stated_id", "balance"),
    ("/", "tag_id", "tag"),
    ("/", "template_id", "template"),
    ("/", "transaction_id", "row"),
    ("/", "transfer_id", "transfer"),
    ("/accounts/confirm-email/", "key", "address_key"),
    ("/accounts/password/reset/", "key", "reset_key"),
    ("/accounts/password/reset/", "uidb36", "reset_person"),
)
# Parameters that are words.
WORDS = {"app_label": "users", "url": "nothing", "kind": "csv", "line": "0", "namespace": "occasion", "word": "bucket"}


@dataclass(frozen=True)
class Door:
    """What each of the seven finds at an address."""

    get: dict[str, str]
    post: dict[str, str]


def doors(table: str = TABLE) -> dict[str, Door]:
    """The door behind each address of the table. An address that stands in it twice is a ValueError."""
    found: dict[str, Door] = {}
    outcomes: dict[str, dict[str, str]] = {}
    for line in filter(None, map(str.strip, table.splitlines())):
        method, _, words = line.partition(" ")
        if method in {"GET", "POST"}:
            outcomes[method] = dict(zip(PEOPLE, (word.strip() for word in words.split("|")), strict=True))
        elif line.startswith("/"):
            if line in found:
                raise ValueError(f"{line} stands in the table twice.")
            found[line] = Door(outcomes["GET"], outcomes["POST"])
    return found


def values_for(address: str, ids: Mapping[str, object]) -> dict[str, object]:
    """What is filled in for the parameters of the address."""
    values: dict[str, object] = dict(WORDS)
    for beginning, parameter, what in STANDS_FOR:
        if address.startswith(beginning) and what in ids:
            values.setdefault(parameter, ids[what])
    return values
