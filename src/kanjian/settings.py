"""Django settings. Everything that differs between installations comes from the environment (see ``env.py``)."""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from kanjian import env, logins

django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent
# Everything an installation writes lives here: database, editions, releases, logs.
HOME = Path(env.text("HOME", "kanjian-data")).resolve()
HOME.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "KANJIAN_SECRET_KEY is empty: set it (or KANJIAN_SECRET_KEY_FILE) to 50 random characters"
    )
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.dingtalk",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "kanjian.ledger",
    "kanjian.jobs",
    "kanjian.calendars",
    "kanjian.orgs",
    "kanjian.measures",
    "kanjian.collecting",
    "kanjian.boards",
    "kanjian.pairing",
    "kanjian.experts",
    "kanjian.portal",
    "kanjian.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kanjian.headers.HeadersMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kanjian.orgs.middleware.posts_asked_once",
    "kanjian.orgs.middleware.FirstThingsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kanjian.urls"
WSGI_APPLICATION = "kanjian.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "kanjian.portal.context.page",
            ],
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL", f"sqlite:///{HOME / 'kanjian.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": env.text("TASKS_BACKEND", "django_tasks.backends.immediate.ImmediateBackend")}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {"BACKEND": "kanjian.portal.storage.ModuleStorage"},
}

# Accounts
AUTH_USER_MODEL = "orgs.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "kanjian.orgs.adapters.ClosedAccountAdapter"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Wrong passwords are counted in the database by axes (orgs/lockout.py); what allauth calls "login_failed" stands before
# the codes of a second factor.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/5m/key", "reauthenticate": "10/m/user"}
AXES_HANDLER = "kanjian.orgs.lockout.LockoutHandler"
AXES_CLIENT_IP_CALLABLE = "kanjian.limits.network_address"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or whoever keeps trying would lock an account for ever
AXES_DISABLE_ACCESS_LOG = True  # log-ins are events of the ledger, without addresses
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]

# Second factors: authenticator apps with recovery codes, passkeys (also instead of the password).
MFA_ADAPTER = "kanjian.orgs.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half a minute of a wrong clock
REQUIRE_MFA = env.flag("REQUIRE_MFA", default=not (DEBUG or DEMO))

# Log-ins through other systems, by the environment only; they open existing accounts and never make one.
SOCIALACCOUNT_ADAPTER = "kanjian.orgs.foreign_logins.ForeignLoginAdapter"
SOCIALACCOUNT_PROVIDERS = logins.providers()
SOCIALACCOUNT_STORE_TOKENS = False

# Rate limits (see limits.py): how often in how long, per person; a network may do ten times as much for its people.
# Counting in the memory of each process costs nothing per request; so W processes together allow up to W times as much.
LIMITS = {
    "api": env.text("LIMIT_API", "600/m"),
    "guesses": env.text("LIMIT_GUESSES", "30/h"),  # wrong personal tokens, per network
    "uploads": env.text("LIMIT_UPLOADS", "120/h"),
    "heavy": env.text("LIMIT_HEAVY", "30/h"),  # exports and walks along the whole ledger
    "tokens": env.text("LIMIT_TOKENS", "20/h"),
}
CACHES = {
    # Shared by all processes: what must not be used twice, such as the codes of a second factor.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kanjian_cache"},
    "limits": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# What the footer shows: the filing number of the site 备案号, if it has one.
FILING_NUMBER = env.text("FILING_NUMBER")

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("zh-hant", _("繁體中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Asia/Shanghai")

# Files
STATIC_URL = "static/"
STATICFILES_DIRS = [PACKAGE / "static", *([PACKAGE / "assets"] if (PACKAGE / "assets").is_dir() else [])]
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# A department's sheet shows up to 60 villages with their fields; browsers send a part for every empty file input, too.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000

# Security: nothing is loaded from outside, nothing runs inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF, *logins.origins()],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
HTTPS = env.flag("HTTPS", default=not (DEBUG or DEMO))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # passkeys on http://localhost, for the demo
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", default=False) else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}},  # it announces itself at every start
}
