"""The mails that tell people what has changed about their account: what each says, by allauth's name for it."""

# The subject, and the sentence that says what happened. What was known then fills the braces.
NOTICES = {
    "account/email/email_changed": (
        "Your address was changed",
        "You now sign in with {to_email}, and no longer with {from_email}.",
    ),
    "account/email/email_deleted": (
        "An address was removed",
        "{deleted_email} no longer belongs to your account.",
    ),
    "account/email/password_changed": (
        "Your password was changed",
        "Your account has a new password. Every other device was signed out.",
    ),
    "account/email/password_reset": (
        "Your password was changed",
        "Your account has a new password, chosen by a link from our mail. Every device was signed out.",
    ),
    "account/email/password_set": (
        "Your account has a password",
        "From now on a password opens your account, too. Every other device was signed out.",
    ),
    "mfa/email/recovery_codes_generated": (
        "New recovery codes",
        "Your account has new recovery codes. The old ones do not work any more.",
    ),
    "mfa/email/totp_activated": (
        "Signing in takes a code now",
        "An app that makes codes was added to your account. Signing in with the password asks for one.",
    ),
    "mfa/email/totp_deactivated": (
        "Signing in takes no code any more",
        "The app that makes codes was removed from your account.",
    ),
    "mfa/email/webauthn_added": ("A passkey was added", "A new passkey opens your account."),
    "mfa/email/webauthn_removed": ("A passkey was removed", "One passkey no longer opens your account."),
    "socialaccount/email/account_connected": (
        "{provider.name} opens your account now",
        "Whoever signs in to your account at {provider.name} can sign in here.",
    ),
    "socialaccount/email/account_disconnected": (
        "{provider.name} no longer opens your account",
        "Your account at {provider.name} was disconnected from the one here.",
    ),
    "users/arrival": (
        "Somebody signed in to your account",
        "Somebody signed in with a browser and from a place that we had not seen with you before.",
    ),
}
