"""Settings that every environment shares. Nothing here has an insecure default: what must be set, must be set."""

import datetime
from email.utils import parseaddr
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.limits import RATE_LIMITS as RATE_LIMITS
from config.logs import logging_settings
from config.settings.environment import BASE_DIR, database, env
from config.settings.google import google

# --- The application -------------------------------------------------------------------------------------------
APP_ENV = env("APP_ENV")
SECRET_KEY = env("SECRET_KEY")
DEBUG = False
APP_URL = env("APP_URL")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(APP_URL).hostname])
ROOT_URLCONF = "config.urls"
HOUSEHOLD_URLCONF = "config.urls_household"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SERVERS_ROOT = BASE_DIR / ".local" / APP_ENV

# apps.tenancy stands before django_tenants, whose `migrate` command it replaces.
SHARED_APPS = [
    "apps.core",
    "apps.tenancy",
    # The staff's site registers its own pages. It stands before django_tenants, which has a template of its name.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django_tenants",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "apps.users",
    "apps.audit",
    "apps.plans",
    "apps.households",
    "apps.mail",
    "apps.billing",
    "apps.onboarding",
    "apps.operations",
    "apps.pages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "csp",
    "django_htmx",
    "apps.billing.copies.config.DjstripeConfig",
    "storages",
    "waffle",
]
# The apps whose tables stand in every household's schema, and nowhere else.
TENANT_APPS = [
    "apps.ledger",
    "apps.imports",
    "apps.categorization",
    "apps.reports",
    "apps.dashboards",
]
INSTALLED_APPS = SHARED_APPS + TENANT_APPS
MIGRATION_MODULES: dict[str, str | None] = {
    # Its own hundreds of steps would be replayed for every household's schema.
    "djstripe": "apps.billing.copies.migrations",
    # Flags are ours (WAFFLE_FLAG_MODEL); of its own tables (flags, switches, samples) none is made.
    "waffle": None,
}

# What stands above WhiteNoise holds for every answer: static files, redirects, refusals and errors, too.
MIDDLEWARE = [
    "apps.operations.middleware.RequestLogMiddleware",
    "apps.operations.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "apps.operations.headers.RequestSizeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.operations.middleware.PrivateAnswersMiddleware",
    "apps.operations.admin.middleware.SessionsByDoor",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "apps.operations.admin.middleware.PeopleByDoor",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.users.middleware.PersonMiddleware",
    "apps.households.middleware.HouseholdMiddleware",
    "apps.operations.limits.RateLimitMiddleware",
    "apps.operations.middleware.NoSuchMethodMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.households.context_processors.shell",
            ],
            "builtins": ["apps.core.templatetags.wallet", "apps.plans.templatetags.features"],
        },
    }
]

# --- The two planes (see apps/tenancy) ---------------------------------------------------------------------------
# DATABASE_URL is the people plane's login. DATABASE_OWNER_URL is only given to the worker that provisions, to the
# migration runner and to operators' commands: a process without it cannot run DDL.
_pool = {
    "min_size": 1,
    "max_size": env.int("DATABASE_POOL_SIZE", default=10),
    "max_lifetime": 600,
    "timeout": 10,
}
DATABASES = {
    "default": database(env("DATABASE_URL"), options={"pool": _pool}),
    "households": database(
        env("DATABASE_LEDGER_URL"),
        engine="apps.tenancy.ledger_backend",
        options={"pool": _pool, "server_side_binding": True},
    ),
}
if owner_url := env("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = database(owner_url, engine="apps.tenancy.owner_backend")
DATABASE_ROUTERS = ["apps.tenancy.router.PlaneRouter"]
TENANT_SYNC_ROUTER = "apps.tenancy.router.PlaneRouter"
TENANT_MODEL = "households.Household"
TENANT_DB_ALIAS = "households"
HOUSEHOLD_SPARES = env.int("HOUSEHOLD_SPARES", default=10)
WAFFLE_FLAG_MODEL = "plans.Flag"

# --- Redis: one server, a logical database for each use -----------------------------------------------------------
REDIS_URL = env("REDIS_URL").rstrip("/").removesuffix("/0")
CACHES = {
    "default": {
        "BACKEND": "apps.core.cache.ForgivingRedisCache",
        "LOCATION": f"{REDIS_URL}/1",
        "OPTIONS": {
            "CLIENT_CLASS": "django_redis.client.DefaultClient",
            # A cache that is away costs speed, never an answer: sessions fall back to their table, reports are remade.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 2,
        },
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- Jobs ----------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = f"{REDIS_URL}/2"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,
}
# A worker's process may hold so much memory (MB; 0: whatever there is). What needs more ends in a MemoryError, which is
# an attempt that failed, and not in the machine's choice of a victim.
IMPORT_WORKER_MEMORY_MB = env.int("IMPORT_WORKER_MEMORY_MB", default=700)
# One that holds more than this after a job (kB) gives way to a fresh one.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env.int("CELERY_WORKER_MAX_MEMORY_PER_CHILD", default=300_000)
# A page never waits for a broker that is away: the row in the database is the order, and the sweep picks it up.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = {
    "keep-spares": {"task": "apps.onboarding.tasks.keep_spares", "schedule": 60.0},
    "anchor-audit": {"task": "apps.audit.tasks.anchor", "schedule": 300.0},
    "send-notices": {"task": "apps.billing.tasks.send_notices", "schedule": 900.0},
    "end-presents": {"task": "apps.billing.tasks.end_presents", "schedule": 900.0},
    "sweep-mail": {"task": "apps.mail.tasks.sweep", "schedule": 15.0},
    "sweep-imports": {"task": "apps.imports.tasks.sweep", "schedule": 15.0},
    "forget-attempts": {"task": "apps.users.tasks.forget_attempts", "schedule": 3600.0},
    "forget-places": {"task": "apps.users.tasks.forget_places", "schedule": 3600.0},
    "sweep-rules": {"task": "apps.categorization.tasks.sweep", "schedule": 15.0},
    "sweep-billing": {"task": "apps.billing.tasks.sweep", "schedule": 60.0},
    "reconcile-billing": {"task": "apps.billing.tasks.reconcile", "schedule": crontab(hour=3, minute=40)},
    "sweep-departed": {"task": "apps.ledger.tasks.sweep", "schedule": 15.0},
}

# --- Files -----------------------------------------------------------------------------------------------------------
S3_ENDPOINT_URL = env("S3_ENDPOINT_URL", default="") or None
S3_PUBLIC_URL = env("S3_PUBLIC_URL", default="") or S3_ENDPOINT_URL
S3_BUCKET = env("S3_BUCKET", default="wallet-uploads")
S3_REGION = env("S3_REGION", default="us-east-1")
# None: from the machine's own role, as boto3 finds it.
S3_ACCESS_KEY_ID = env("S3_ACCESS_KEY_ID", default="") or None
S3_SECRET_ACCESS_KEY = env("S3_SECRET_ACCESS_KEY", default="") or None
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": S3_ENDPOINT_URL,
            "region_name": S3_REGION,
            "access_key": S3_ACCESS_KEY_ID,
            "secret_key": S3_SECRET_ACCESS_KEY,
            "addressing_style": "path",
            "signature_version": "s3v4",
            "file_overwrite": False,
            "default_acl": None,
            "client_config": None,
            # A file at a time is one stream; and a thread that cannot begin for want of memory is waited for for ever.
            "transfer_config": TransferConfig(use_threads=False),
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
IMPORT_MAX_BYTES = 50 * 1024 * 1024
# How long the store keeps what was uploaded (`manage.py configure_storage` tells it); 0 keeps it for good.
IMPORT_KEEP_DAYS = env.int("IMPORT_KEEP_DAYS", default=30)
# A ClamAV daemon that has to pass every uploaded file: tcp://host:3310 or unix:///path. Empty: none is asked.
CLAMAV_URL = env("CLAMAV_URL", default="")
if CLAMAV_URL and urlsplit(CLAMAV_URL).scheme not in {"tcp", "unix"}:
    raise ImproperlyConfigured("CLAMAV_URL must be tcp://host:port or unix:///path.")
# What a request may hold: text of a form, its fields and files; and with it all, before anything of it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
MOST_FORM_BYTES = 3 * 1024 * 1024
MOST_FILES_BYTES = 2 * IMPORT_MAX_BYTES + MOST_FORM_BYTES
MOST_ADDRESS_BYTES = 7000
MOST_HEADER_BYTES = 8000

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "users.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",  # cost 12
    "django.contrib.auth.hashers.BCryptPasswordHasher",  # those of the single-user app; upgraded at sign-in
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "apps.operations.admin.doors.OwnDoorBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/start/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "apps.users.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "apps.users.forms.signing_up.SignUpNameForm"
ACCOUNT_FORMS = {
    "signup": "apps.users.forms.passwords.OpenAccountForm",
    "change_password": "apps.users.forms.passwords.ChangeForm",
    "set_password": "apps.users.forms.passwords.FirstPasswordForm",
    "reset_password_from_key": "apps.users.forms.passwords.NewPasswordForm",
    "reset_password": "apps.users.forms.resetting.ResetForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds for which a second confirmation is good
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# A person has one address; the old one stays until the new one is confirmed.
ACCOUNT_CHANGE_EMAIL = True
MFA_ADAPTER = "apps.users.second_step.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "apps.users.forms.second_step.ActivateCodesForm",
    "authenticate": "apps.users.forms.second_step.CodeForm",
    "reauthenticate": "apps.users.forms.second_step.ConfirmCodeForm",
    "authenticate_webauthn": "apps.users.forms.second_step.PasskeyForm",
    "login_webauthn": "apps.users.forms.second_step.SignInPasskeyForm",
    "reauthenticate_webauthn": "apps.users.forms.second_step.ConfirmPasskeyForm",
    "add_webauthn": "apps.users.forms.second_step.AddPasskeyForm",
    "edit_webauthn": "apps.users.forms.second_step.NamePasskeyForm",
}
MFA_TOTP_ISSUER = "Maxwell's Wallet"
MFA_TOTP_TOLERANCE = 1  # periods of 30 seconds: clocks differ, and typing takes a while
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Nobody is signed in whose address is not confirmed; only an address that is to replace it can wait to be.
MFA_ALLOW_UNVERIFIED_EMAIL = True
SOCIALACCOUNT_ADAPTER = "apps.users.social.SocialAdapter"
# RATE_LIMITS has them all, and axes stands behind for failed sign-ins: by allauth's own a stranger could use up
# a person's. It keeps the one that is silent: no second verification mail within three minutes.
_unlimited: dict[str, str | bool] = dict.fromkeys(
    [
        "change_password",
        "change_phone",
        "login",
        "manage_email",
        "reauthenticate",
        "request_login_code",
        "reset_password",
        "reset_password_from_key",
        "signup",
        "verify_phone",
    ],
    False,
)
# Wrong codes of the second step count for who gave the right password; wrong passwords do not: see the adapter.
ACCOUNT_RATE_LIMITS = _unlimited | {"login_failed": "5/5m/key"}
RATELIMIT_FAIL_OPEN = True
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS: dict[str, object] = {}
if google_id := env("GOOGLE_CLIENT_ID", default=""):
    INSTALLED_APPS += ["allauth.socialaccount.providers.google"]
    SOCIALACCOUNT_PROVIDERS["google"] = google(google_id, env("GOOGLE_CLIENT_SECRET"))
# How long, for whom and why: apps/users/lockout.py. An attempt that is refused counts no more: the wait has an end.
AXES_HANDLER = "apps.users.lockout.LockoutHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = datetime.timedelta(days=1)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "apps.users.lockout.counted_as"
AXES_CLIENT_IP_CALLABLE = "apps.users.lockout.place"
AXES_LOCKOUT_CALLABLE = "apps.users.lockout.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
# By it a browser is known to be somebody's, and no mail tells them of a sign-in there: apps/users/arriving.py.
DEVICE_COOKIE_NAME = "device"
# The staff's sign-in: a cookie, a table and a lifetime of its own, for /admin/ alone.
STAFF_COOKIE_NAME = "staff"
STAFF_COOKIE_SECURE = False
STAFF_IDLE = datetime.timedelta(minutes=30)
STAFF_LONGEST = datetime.timedelta(hours=8)
OTP_TOTP_ISSUER = "Maxwell's Wallet staff"
# How many proxies of ours stand before the application; each adds one address to X-Forwarded-For.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- Mail -------------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "apps.mail.backend.QueuedEmailBackend"
MAIL_DELIVERY = env.email_url("EMAIL_URL")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Maxwell's Wallet <noreply@localhost>")
# Whom people write to where a page can help them no further; empty: the page names no address.
SUPPORT_EMAIL = env("SUPPORT_EMAIL", default="")
SERVER_EMAIL = parseaddr(DEFAULT_FROM_EMAIL)[1]

# --- Billing ----------------------------------------------------------------------------------------------------------
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET")
# Where the embedded Stripe of development and tests listens; empty: Stripe itself.
STRIPE_API_URL = env("STRIPE_API_URL", default="").rstrip("/")
STRIPE_LIVE_MODE = STRIPE_SECRET_KEY.startswith("sk_live_")
# Where its pages are to which people are led to pay, and to see to their cards.
STRIPE_PAGES = [STRIPE_API_URL] if STRIPE_API_URL else ["https://checkout.stripe.com", "https://billing.stripe.com"]
# Where operators find a customer's payments; empty: no links, for the embedded Stripe has no such page.
STRIPE_DASHBOARD_URL = "" if STRIPE_API_URL else f"https://dashboard.stripe.com{'' if STRIPE_LIVE_MODE else '/test'}"
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"

# --- Language, time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English")]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Browser security -------------------------------------------------------------------------------------------------
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
# Scripts take the token from the form that they send, never from the cookie.
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PERMISSIONS_POLICY = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media"),
                *("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
                *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
            )
        ),
        "fullscreen=(self)",
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)
_store = [f"{urlsplit(S3_PUBLIC_URL).scheme}://{urlsplit(S3_PUBLIC_URL).netloc}"] if S3_PUBLIC_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "connect-src": [SELF, *_store],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # Chromium asks this also for where the answer to a form redirects: signing in with Google begins with one, and
        # so does paying.
        "form-action": [SELF, *(["https://accounts.google.com"] if google_id else []), *STRIPE_PAGES],
    }
}

# --- Logs and errors --------------------------------------------------------------------------------------------------
LOGGING = logging_settings(as_json=env.bool("LOG_JSON", default=True), level=env("LOG_LEVEL", default="INFO"))
LOGGING_CONFIG = "logging.config.dictConfig"
SENTRY_DSN = env("SENTRY_DSN", default="")
