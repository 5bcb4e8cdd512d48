"""Settings of the tests: the same product on a throw-away folder and database.

The served copy that browser tests drive uses them too, pointed by XINGLIN_DATA and DATABASE_URL at the folder and
the database of the tests that started it.
"""

import atexit
import os
import shutil
import tempfile
from base64 import b64encode
from pathlib import Path

from xinglin.config.settings import *

SECRET_KEY = "for-tests-only-" + "x" * 40
XINGLIN_FIXED_CAPTCHA = "2468"
XINGLIN_INITIAL_PASSWORDS = "fixed"
XINGLIN_KEPT_SECONDS = 0
XINGLIN_ARGON2 = (1, 8, 1)  # the cheapest that argon2id admits
XINGLIN_KEYS = f"m1:{b64encode(b'tests-only-master-key'.ljust(32)).decode()},index:{b64encode(bytes(32)).decode()}"

if "XINGLIN_DATA" not in os.environ:
    DATA_DIR = Path(tempfile.mkdtemp(prefix="xinglin-test-"))
    atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because a database in memory would be one connection shared by all threads and no other process.
    if not os.environ.get("DATABASE_URL"):
        DATABASES["default"]["NAME"] = str(DATA_DIR / "xinglin.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
