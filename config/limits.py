"""Every rate limit of the product, in one table: `RATE_LIMITS` of the settings.

Nothing that opens a door is limited by address or by person alone where a stranger could use it up for somebody else.
"""

from apps.core.limits import Limit

RATE_LIMITS = {
    "sign-in": Limit(
        rate="5/m",
        by="name typed, at an address",
        views=["account_login"],
        sentence="You tried to sign in several times within a minute.",
    ),
    # Who comes this far knows the password. Six digits must not be tried from a thousand addresses.
    "second-factor": Limit(
        rate="20/h",
        by="person",
        views=["mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"],
        sentence="Your second step was tried many times within an hour.",
    ),
    "passkeys": Limit(
        rate="30/m",
        by="address",
        views=["mfa_login_webauthn"],
        sentence="Passkeys were tried many times from your network.",
    ),
    "confirmation": Limit(
        rate="10/m",
        by="person",
        views=["account_reauthenticate", "account_change_password"],
        sentence="You gave your password several times within a minute.",
    ),
    "sign-up": Limit(
        rate="20/h",
        by="address",
        views=["account_signup", "socialaccount_signup"],
        sentence="Many accounts were opened from your network within an hour.",
    ),
    "password-reset": Limit(
        rate="5/h",
        by="name typed, at an address",
        views=["account_reset_password"],
        sentence="We have sent you several mails. Use the newest one; look for it among the spam, too.",
    ),
    # The links that were mailed keep working, so whoever asked for them, the person has one.
    "reset-mails": Limit(
        rate="20/d",
        by="name typed",
        views=["account_reset_password"],
        sentence="This address was sent many mails today. Use the newest one; look for it among the spam, too.",
    ),
    "reset-links": Limit(
        rate="30/m",
        by="address",
        views=["account_reset_password_from_key"],
        methods=("GET", "POST"),
        sentence="Many links were opened from your network.",
    ),
    "e-mail": Limit(
        rate="10/h",
        by="person",
        views=["account_email"],
        sentence="You asked for several mails within an hour.",
    ),
    "invitations": Limit(
        rate="30/h",
        by="person",
        views=["household:members", "household:invitation_send"],
        sentence="You sent many invitations within an hour.",
    ),
    # Each makes a schema.
    "households": Limit(
        rate="10/d",
        by="person",
        views=["onboarding:new"],
        sentence="You opened many households today.",
    ),
    "staff": Limit(
        rate="5/m",
        by="name typed, at an address",
        views=["admin:login"],
        sentence="You tried to sign in several times within a minute.",
    ),
    # Each asks Stripe, which limits us as a whole.
    "billing": Limit(
        rate="60/h",
        by="household",
        views=["billing:checkout", "billing:change", "billing:card", "billing:cancel", "billing:resume"],
        sentence="Your household changed its plan or opened payment pages very often within an hour.",
    ),
    "imports": Limit(
        rate="10/h",
        by="household",
        views=["imports:start", "imports:take-in"],
        sentence="Your household imported ten times within an hour; several files at once count as one.",
        grows_with_plan=True,
    ),
    "upload-places": Limit(
        rate="200/h",
        by="household",
        views=["imports:place"],
        sentence="Your household uploaded very many files within an hour.",
        grows_with_plan=True,
    ),
    "exports": Limit(
        rate="30/h",
        by="household",
        views=["ledger:export"],
        methods=("GET",),
        sentence="Your household exported its data many times within an hour.",
        grows_with_plan=True,
    ),
    "reports": Limit(
        rate="60/m",
        by="person",
        views=["dashboards:dashboard"],
        methods=("GET",),
        sentence="You opened reports very often within a minute.",
        grows_with_plan=True,
    ),
}
