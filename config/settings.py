"""All settings, from the environment alone; every one has a working default for a trial on one machine.

README.md lists what an operator sets. `DATABASE_URL` unset means a trial: embedded servers, DEBUG on.
"""

import zoneinfo
from pathlib import Path

import environ
from celery.schedules import crontab

from config import admin_look, embedded, logs, sentry, state

# Zone rules come from the pinned tzdata package, never from an older copy on the system.
zoneinfo.reset_tzpath(to=[])

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

DATABASE_URL = env.str("DATABASE_URL", "")
REDIS_URL = env.str("REDIS_URL", "")
EMBEDDED_DATABASE = not DATABASE_URL
EMBEDDED_REDIS = not REDIS_URL

DEBUG = env.bool("DEBUG", EMBEDDED_DATABASE)
SECRET_KEY = env.str("SECRET_KEY", "") or (state.secret("secret_key") if DEBUG else "")
if not SECRET_KEY:
    # Not an exception of Django's: one sentence says more than that sentence under fifty lines of traceback.
    raise SystemExit(
        "SECRET_KEY is missing: set it to a long random text that stays the same, for example the output of "
        """python -c 'import secrets; print(secrets.token_urlsafe(50))'"""
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
PORT = env.int("PORT", 8000)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", f"http://localhost:{PORT}").rstrip("/")
HTTPS = PUBLIC_BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL] if HTTPS else []

# Whether a proxy in front of us sets X-Forwarded-Proto itself; without one anybody could send that header.
TRUSTED_PROXY = env.bool("TRUSTED_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY else None
if HTTPS and not DEBUG:
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 365 * 24 * 3600)
# Twilio follows no redirect with a form, and its signature is over PUBLIC_BASE_URL whatever scheme arrives here.
SECURE_REDIRECT_EXEMPT = [r"^webhooks/"]
# HSTS is for this host alone: its subdomains and the browsers' preload list are not ours to decide about.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    # Its own configuration would put its own site in the place of ours.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.admin.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "config",
    "scheduling",
    "intake",
    "assistant",
]

MIDDLEWARE = [
    "config.health.answer_probes",
    "config.logs.tell_requests",
    "config.compression.Compression",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.admin.policy",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
            ],
        },
    },
]

DATABASES = {"default": env.db_url_config(DATABASE_URL or embedded.database_url())}
# One connection a thread, kept: reconnecting for each webhook costs three times its work.
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 3
# Nobody waits longer for another's lock: a person is told to try again, a turn is given back, a webhook gets a 503.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c lock_timeout=2000")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL, CACHE_URL = embedded.broker_and_cache(REDIS_URL or embedded.redis_url())

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
    },
}

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
CELERY_TASK_DEFAULT_QUEUE = "delivery"
CELERY_TASK_ROUTES = {"intake.tasks.reply": {"queue": "turns"}}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "intake.tasks.sweep", "schedule": 10.0, "options": {"expires": 30}},
    "tidy": {"task": "intake.tasks.tidy", "schedule": 60.0, "options": {"expires": 60}},
    "recover": {"task": "intake.tasks.recover", "schedule": 60.0, "options": {"expires": 60}},
    # At an hour at which few write, by UTC.
    "retain": {"task": "intake.tasks.retain", "schedule": crontab(hour=7, minute=20), "options": {"expires": 3600}},
}

LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "today", "login"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "assistant.keys.EndWithPassword"},
]

# Portuguese first: templates and gettext fall back to English msgids where a string is not translated.
LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", "Português"), ("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Only what the admin shows to an operator; every professional's times use their own zone.
TIME_ZONE = "America/Sao_Paulo"
USE_TZ = True

UNFOLD = admin_look.UNFOLD

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True

# The model provider. Groq answers 404 for models an account is not served; the list is tried in order.
GROQ_API_KEY = env.str("GROQ_API_KEY", "")
GROQ_BASE_URL = env.str("GROQ_BASE_URL", "https://api.groq.com")
GROQ_MODELS = env.list("GROQ_MODELS", default=["llama-3.3-70b-versatile", "openai/gpt-oss-120b", "openai/gpt-oss-20b"])
# Hears voice messages, with the same key. Empty: they are asked for in writing.
GROQ_TRANSCRIPTION_MODEL = env.str("GROQ_TRANSCRIPTION_MODEL", "whisper-large-v3-turbo")

# WhatsApp. Without credentials nothing leaves: conversations live in the simulator.
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", "")
TWILIO_AUTH_TOKEN_SECONDARY = env.str("TWILIO_AUTH_TOKEN_SECONDARY", "")
TWILIO_API_BASE_URL = env.str("TWILIO_API_BASE_URL", "")
# Whether clients see that an answer is being written (and their message as read); a beta of Twilio's.
TYPING_INDICATOR = env.bool("TYPING_INDICATOR", default=False)
# Without a token a trial signs its simulator's forms with one of its own.
TRIAL_SIGNING_TOKEN = state.secret("twilio_token") if DEBUG else ""

# A burst of short messages is one turn: wait after the last one, but never longer than the limit.
BURST_QUIET_SECONDS = env.float("BURST_QUIET_SECONDS", 2.0)
BURST_LIMIT_SECONDS = env.float("BURST_LIMIT_SECONDS", 8.0)
# How long whoever stops a worker waits before it kills it; shortly before that its unfinished turns go to others.
STOP_GRACE_SECONDS = env.float("STOP_GRACE_SECONDS", 30.0)
HUMAN_TAKEOVER_HOURS = env.int("HUMAN_TAKEOVER_HOURS", 12)
# What one address may have: appointments to come that were booked by chat, times held a day, answers an hour.
OPEN_BOOKINGS_PER_CLIENT = env.int("OPEN_BOOKINGS_PER_CLIENT", 2)
HOLDS_PER_DAY = env.int("HOLDS_PER_DAY", 20)
TURNS_PER_HOUR = env.int("TURNS_PER_HOUR", 80)
# What programs may do that speak for people (`/api/v1/chat/`): new people an hour, times held for them or booked an
# hour, both for each professional, and requests that wait for an answer at once, in each process.
API_ADDRESSES_PER_HOUR = env.int("API_ADDRESSES_PER_HOUR", 100)
API_BOOKINGS_PER_HOUR = env.int("API_BOOKINGS_PER_HOUR", 20)
API_WAITS_AT_ONCE = env.int("API_WAITS_AT_ONCE", 4)
# And each of their keys in all.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", 120)
# What a professional's questions to the assistant may cost: an hour, a day, and how many are answered at once.
QUESTIONS_PER_HOUR = env.int("QUESTIONS_PER_HOUR", 20)
ASSISTANT_TOKENS_PER_DAY = env.int("ASSISTANT_TOKENS_PER_DAY", 200_000)
ASSISTANT_CHATS_AT_ONCE = env.int("ASSISTANT_CHATS_AT_ONCE", 4)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["assistant.api.keys.Key", "assistant.rest.Session"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["assistant.rest.Json"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "assistant.rest.AnyMedia",
    "DEFAULT_THROTTLE_CLASSES": ["assistant.api.throttle.PerCaller"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "assistant.errors.answer",
}

# The description of the interface for programs.
SPECTACULAR_SETTINGS = {
    "TITLE": "Sineta",
    "DESCRIPTION": "Times, bookings and the reception, for programs. Every error has one shape; times carry an offset.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "PREPROCESSING_HOOKS": ["assistant.api.schema.only_v1"],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "assistant.api.links.add"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# How long is kept what was said and asked, and the raw forms, results and steps behind it; appointments and contacts
# stay until erased.
KEEP_MESSAGES_DAYS = env.int("KEEP_MESSAGES_DAYS", 730)
KEEP_TRACES_DAYS = env.int("KEEP_TRACES_DAYS", 90)

# E-mail. The trial writes messages as files into the state folder.
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = state.folder() / "mailbox"
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Sineta <sineta@localhost>")

# Accounts (django-allauth). People log in by e-mail; a user name is only what an operator gave instead of one.
ACCOUNT_ADAPTER = "assistant.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "assistant.accounts.forms.LoginForm",
    "signup": "assistant.accounts.forms.SignupForm",
    "reset_password": "assistant.accounts.forms.ResetForm",
    "add_email": "assistant.accounts.forms.EmailForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
# A trial has no mail server, so it lets people in at once. Anywhere else an address is confirmed before the first
# log-in: only then can a sign-up with a known address and one with a new address get the same answer.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL or not DEBUG else "none"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # Of codes of the second factor; passwords are counted in assistant/accounts/attempts.py.
    "login_failed": "5/5m/key",
    "signup": "10/m/ip,100/d/ip",
    "reset_password": "20/m/ip,3/10m/key",
    "confirm_email": "1/2m/key",
}
MFA_ADAPTER = "assistant.accounts.adapter.FactorAdapter"
MFA_FORMS = {
    "add_webauthn": "assistant.accounts.forms.AddKeyForm",
    "edit_webauthn": "assistant.accounts.forms.EditKeyForm",
    "authenticate_webauthn": "assistant.accounts.forms.KeyForm",
    "login_webauthn": "assistant.accounts.forms.KeyLoginForm",
    "reauthenticate_webauthn": "assistant.accounts.forms.KeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Sineta"
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# A trial has no confirmed addresses.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# The proxy that TRUSTED_PROXY speaks of appends the peer to X-Forwarded-For; without one the header is anybody's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUSTED_PROXY else 0

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# What the simulator's clients attach.
MEDIA_ROOT = state.folder() / "media"

# What an operator sees: log lines, figures at /metrics (its token), and errors reported to Sentry.
LOG_LEVEL = env.str("LOG_LEVEL", "INFO").upper()
LOGGING = logs.configuration(readable=DEBUG, level=LOG_LEVEL)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
SENTRY_DSN = env.str("SENTRY_DSN", "")
sentry.start(SENTRY_DSN)
