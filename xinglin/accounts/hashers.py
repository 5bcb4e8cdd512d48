"""Passwords are kept as argon2id at 19 MiB, two rounds, one lane (OWASP's first choice)."""

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """About 20 ms a try on one core; memory_cost is in KiB. Tests may set a cheaper XINGLIN_ARGON2."""

    time_cost, memory_cost, parallelism = getattr(settings, "XINGLIN_ARGON2", (2, 19_456, 1))
