"""Settings of the product. What a site may change is read from the environment; the rest is the design."""

import os
import secrets
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from crescendo import database

PACKAGE = Path(__file__).resolve().parent
DATA = database.data_directory()
DEBUG = os.environ.get("CRESCENDO_DEBUG") == "1"


def _secret_key() -> str:
    """The site's key: from the environment, or made once and kept beside the data."""
    if key := os.environ.get("CRESCENDO_SECRET_KEY"):
        return key
    path = DATA / "secret_key"
    DATA.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("CRESCENDO_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CRESCENDO_ORIGINS", "").split(",") if o]
SECURE = os.environ.get("CRESCENDO_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 12
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

DATABASES = {"default": database.settings_for(database.process())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "procrastinate.contrib.django",
    "crescendo.core",
    "crescendo.ui",
    "crescendo.accounts",
    "crescendo.comms",
    "crescendo.roster",
    "crescendo.access",
    "crescendo.records",
    "crescendo.imports",
    "crescendo.identity",
    "crescendo.api",
    "crescendo.oneroster",
    "crescendo.quality",
    "crescendo.indicators",
    "crescendo.insights",
    "crescendo.plans",
    "crescendo.support",
    "crescendo.coaching",
    "crescendo.years",
    "crescendo.setup",
    "crescendo.pages",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "crescendo.api.middleware.DoorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crescendo.roster.middleware.ViewerMiddleware",
    "crescendo.accounts.middleware.SiteMiddleware",
    "crescendo.access.middleware.SecondFactorMiddleware",
    "crescendo.setup.middleware.NewSiteMiddleware",
]

ROOT_URLCONF = "crescendo.urls"
ASGI_APPLICATION = "crescendo.asgi.application"
WSGI_APPLICATION = None
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24  # the letter with the link says: for a day
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "crescendo.ui.context.page_frame",
                "crescendo.nav.page_frame",
            ],
            "builtins": ["crescendo.ui.templatetags.ui"],
        },
    },
]

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", "English (US)"), ("en-gb", "English (UK)"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("CRESCENDO_TIME_ZONE", "America/New_York")

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
# Straight from the packages, without collecting. Built files carry a digest in their names and are kept for ever.
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = DEBUG
SERVESTATIC_IMMUTABLE_FILE_TEST = r"/ui/built/[\w.-]+\.[0-9a-f]{12}\.\w+$"

# Jobs: each app's tasks.py is found by name; what runs by the clock is listed in one place.
PROCRASTINATE_ON_APP_READY = "crescendo.schedule.register"

# Nothing from anywhere else; no inline script or style without the page's nonce; no eval.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# Without a mail server, messages become files: a terminal or a log is no place for what the school tells a family.
EMAIL_BACKEND = os.environ.get("CRESCENDO_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_HOST = os.environ.get("CRESCENDO_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("CRESCENDO_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("CRESCENDO_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("CRESCENDO_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("CRESCENDO_EMAIL_TLS") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("CRESCENDO_FROM", "crescendo@localhost")
CRESCENDO_MAIL_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
# Where people find the site: the beginning of every link in an e-mail.
CRESCENDO_ADDRESS = os.environ.get("CRESCENDO_ADDRESS", "http://localhost:8000")

# Watched folders lie below this folder; without it, none is watched. Raw files are kept for so many days.
INBOX = os.environ.get("CRESCENDO_INBOX", "")
KEEP_RAW_DAYS = int(os.environ.get("CRESCENDO_KEEP_RAW_DAYS", "400"))

# The age at which a student's rights over their own record pass from family to student (FERPA: 18).
RIGHTS_PASS_AT_AGE = int(os.environ.get("CRESCENDO_RIGHTS_PASS_AT_AGE", "18"))

# By which characteristics, beside grades and size, schools are called similar. None unless a site decides otherwise.
# Indicators measured beside the core of the catalogue, by code.
ALSO_MEASURED = [code for code in os.environ.get("CRESCENDO_ALSO_MEASURED", "").split(",") if code]
SIMILAR_SCHOOLS_BY = [code for code in os.environ.get("CRESCENDO_SIMILAR_BY", "").split(",") if code]

# Where a student and a place have their page. Apps to the left link to them without knowing who shows them.
ABSOLUTE_URL_OVERRIDES = {
    "roster.student": lambda student: _page("student_page", student.pk),
    "roster.organisation": lambda place: _page(
        "school_page" if place.kind == "school" else "district_page", place.pk
    ),
}


def _page(name: str, pk: int) -> str:
    from django.urls import reverse  # noqa: PLC0415  (addresses are known once the settings are)

    return reverse(f"pages:{name}", args=[pk])


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {
        "crescendo": {"handlers": ["console"], "level": "INFO"},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}
