"""Django settings. Everything that an installation may change is an environment variable (docs/settings.md)."""

from xinglin.config import environment as env

BASE_DIR = env.BASE_DIR
DATA_DIR = env.data_dir()

PRODUCTION = env.flag("XINGLIN_PRODUCTION")
DEBUG = env.flag("XINGLIN_DEBUG")
SECRET_KEY = env.secret("XINGLIN_SECRET_KEY") or ("" if PRODUCTION else "development-only-" + "x" * 40)
ALLOWED_HOSTS = env.words("XINGLIN_HOSTS", "127.0.0.1,localhost,[::1],testserver")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "xinglin.config",
    "xinglin.kernel",
    "xinglin.vault",
    "xinglin.history",
    "xinglin.dictionaries",
    "xinglin.organizations",
    "xinglin.people",
    "xinglin.accounts",
    "xinglin.jobs",
    "xinglin.files",
    "xinglin.notifications",
    "xinglin.ui",
    "xinglin.windows",
    "xinglin.exports",
    "xinglin.imports",
    "xinglin.reviews",
    "xinglin.administration",
    "xinglin.residents",
    "xinglin.portal",
    "xinglin.demo",
]

MIDDLEWARE = [
    "xinglin.config.proxies.ProxyMiddleware",
    "xinglin.config.watching.WatchMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xinglin.ui.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "xinglin.accounts.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "xinglin.ui.freshness.FreshnessMiddleware",
    "xinglin.ui.middleware.OnceMiddleware",
    "xinglin.ui.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "xinglin.config.urls"
WSGI_APPLICATION = "xinglin.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("xinglin.ui.folding.Loader", ["django.template.loaders.app_directories.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "xinglin.ui.context.frame",
            ],
            "builtins": ["xinglin.ui.templatetags.xl"],
        },
    }
]

DATABASES = {"default": env.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["xinglin.accounts.backends.XinglinBackend"]
PASSWORD_HASHERS = ["xinglin.accounts.hashers.Argon2id"]
LOGIN_URL = "accounts:sign-in"
SESSION_ENGINE = "xinglin.accounts.session_store"
SESSION_COOKIE_AGE = int(env.text("XINGLIN_SESSION_HOURS", "12")) * 3600  # counted from the sign-in
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "xinglin.ui.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
COOKIE_PREFIX = "__Host-" if PRODUCTION else ""  # a browser takes such a cookie over TLS from this very host only
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# TLS ends at the reverse proxy; without one named, nobody could tell a redirect loop from a page.
XINGLIN_TRUSTED_PROXIES = env.words("XINGLIN_TRUSTED_PROXIES")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if XINGLIN_TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = PRODUCTION and bool(XINGLIN_TRUSTED_PROXIES)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = int(env.text("XINGLIN_HSTS_SECONDS", "31536000")) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # sign_in_name is unique where there is one (user_sign_in_name_once)
    "security.W021",  # preloading speaks for a whole domain, which is not ours to promise
    *(word for word in env.words("XINGLIN_ACCEPTED_WARNINGS") if word.startswith("xinglin.W")),  # errors stay errors
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i:s"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "xinglin.config.vendor.VendorFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "xinglin.config.static_files.HashedFiles"},
    "private": {"BACKEND": "xinglin.files.storage.PrivateFolder"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # an accepted upload never touches the disk unencrypted

LOG = env.text("XINGLIN_LOG", "json" if PRODUCTION else "text")  # json | text
XINGLIN_LOG_SINK = env.text("XINGLIN_LOG_SINK")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "xinglin.kernel.logs.JsonLines"},
        "text": {"()": "xinglin.kernel.logs.TextLines"},
    },
    "filters": {"with error": {"()": "xinglin.kernel.logs.WithError"}},
    "handlers": {
        "console": {"class": "xinglin.kernel.logs.Lines", "formatter": LOG if LOG in {"json", "text"} else "json"},
        **(
            {"sink": {"class": "xinglin.kernel.log_sink.Sink", "formatter": "json", "url": XINGLIN_LOG_SINK}}
            if XINGLIN_LOG_SINK
            else {}
        ),
    },
    "root": {"handlers": ["console", *(["sink"] if XINGLIN_LOG_SINK else [])], "level": "WARNING"},
    "loggers": {
        "xinglin": {"level": "WARNING" if LOG == "text" else "INFO"},
        "django": {"handlers": [], "level": "WARNING"},
        "django.request": {"level": "ERROR", "filters": ["with error"]},  # a page that was not found is no news
    },
}

# One place for the switches of the product itself; each is read through django.conf.settings.
XINGLIN_TLS_CERT = env.text("XINGLIN_TLS_CERT")
XINGLIN_TLS_KEY = env.text("XINGLIN_TLS_KEY")
XINGLIN_KEYS = env.secret("XINGLIN_KEYS")
XINGLIN_BACKUP_PASSPHRASE = env.secret("XINGLIN_BACKUP_PASSPHRASE")
XINGLIN_FIXED_CAPTCHA = env.text("XINGLIN_FIXED_CAPTCHA")
XINGLIN_INITIAL_PASSWORDS = env.text("XINGLIN_INITIAL_PASSWORDS", "fixed")  # fixed | random
XINGLIN_SECOND_FACTOR = env.text("XINGLIN_SECOND_FACTOR") or "optional"  # optional | province | staff | all
XINGLIN_CLAMD = env.text("XINGLIN_CLAMD")
XINGLIN_BREACHED_PASSWORDS = env.text("XINGLIN_BREACHED_PASSWORDS")
XINGLIN_DEMO = env.flag("XINGLIN_DEMO")
XINGLIN_METRICS_TOKEN = env.secret("XINGLIN_METRICS_TOKEN")
XINGLIN_METRICS_NETWORKS = env.words("XINGLIN_METRICS_NETWORKS", "127.0.0.1,::1")
XINGLIN_IDLE_MINUTES = int(env.text("XINGLIN_IDLE_MINUTES", "30"))
XINGLIN_IDLE_MINUTES_PHONE = int(env.text("XINGLIN_IDLE_MINUTES_PHONE", "120"))
XINGLIN_SITE_URL = env.text("XINGLIN_SITE_URL").rstrip("/")
XINGLIN_SMS_WEBHOOK = env.text("XINGLIN_SMS_WEBHOOK")
XINGLIN_SMS_SECRET = env.secret("XINGLIN_SMS_SECRET")
XINGLIN_SMS_CERT = env.text("XINGLIN_SMS_CERT")
XINGLIN_SMS_KEY = env.text("XINGLIN_SMS_KEY")
XINGLIN_SMS_AUTHORITY = env.text("XINGLIN_SMS_AUTHORITY")
XINGLIN_MAIL_URL = env.secret("XINGLIN_MAIL_URL")
globals().update(env.mail(XINGLIN_MAIL_URL))
