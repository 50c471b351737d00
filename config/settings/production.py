"""Production: everything from the environment, https only; refuses to start without its secrets."""

import re

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import (
    APP_URL,
    SECRET_KEY,
    SENTRY_DSN,
    STRIPE_API_URL,
    STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRET,
)

if len(SECRET_KEY) < 50 or "not-a-secret" in SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be a random string of at least 50 characters.")
if not APP_URL.startswith("https://"):
    raise ImproperlyConfigured("APP_URL must begin with https:// in production.")
if not re.fullmatch(r"sk_(live|test)_[0-9A-Za-z]{24,}", STRIPE_SECRET_KEY):
    raise ImproperlyConfigured("STRIPE_SECRET_KEY must be a secret key of Stripe: sk_live_ and 24 or more letters.")
if not STRIPE_WEBHOOK_SECRET.startswith("whsec_"):
    raise ImproperlyConfigured("STRIPE_WEBHOOK_SECRET must be the signing secret of the webhook: whsec_ and more.")
if STRIPE_API_URL:
    raise ImproperlyConfigured("STRIPE_API_URL leads to a Stripe of development and tests; it must not be set here.")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health"]
SECURE_HSTS_SECONDS = 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = STAFF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
DEVICE_COOKIE_NAME = "__Host-device"
# A cookie of one path cannot be __Host-.
STAFF_COOKIE_NAME = "__Secure-staff"
CSRF_TRUSTED_ORIGINS = [APP_URL]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

if SENTRY_DSN:
    import sentry_sdk

    # Money and names stay here: no request bodies, no local variables, no person's data.
    sentry_sdk.init(
        dsn=SENTRY_DSN, send_default_pii=False, include_local_variables=False, max_request_body_size="never"
    )
