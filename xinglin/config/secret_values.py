"""Where secret settings come from: the environment, a file, a systemd credential or the program of a vault (ASVS 13.3.1).

``NAME`` itself, else the file that ``NAME_FILE`` names, else ``$CREDENTIALS_DIRECTORY/NAME`` as systemd makes it, else
what ``XINGLIN_SECRETS_COMMAND NAME`` prints. Read once a process, at its start; no value and no output is ever logged.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

NAMES = (
    "XINGLIN_KEYS", "XINGLIN_SECRET_KEY", "DATABASE_URL", "XINGLIN_MAIL_URL", "XINGLIN_SMS_SECRET",
    "XINGLIN_METRICS_TOKEN", "XINGLIN_BACKUP_PASSPHRASE",
)  # fmt: skip
SECONDS = 10
LONGEST = 64 * 1024


class Source(Enum):
    """Ordered: the first that has a value counts."""

    ENVIRONMENT = "environment"
    FILE = "file"
    CREDENTIAL = "credential"
    COMMAND = "command"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Secret:
    """A value, which its repr does not show, and where it came from."""

    value: str
    source: Source
    path: str = ""

    def __repr__(self) -> str:
        return f"Secret({self.source.value})"


def secret(name: str) -> str:
    """The value of a secret setting, "" where there is none. Raises ValueError, without the value, where it cannot be read."""
    return found(name).value


def found(name: str) -> Secret:
    """Value and source. Raises ValueError."""
    if value := os.environ.get(name, ""):
        return Secret(value, Source.ENVIRONMENT)
    if path := os.environ.get(f"{name}_FILE", ""):
        return Secret(_content(name, Path(path)), Source.FILE, path)
    credential = Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent", name)
    if credential.is_file():
        return Secret(_content(name, credential), Source.CREDENTIAL)
    if (command := os.environ.get("XINGLIN_SECRETS_COMMAND", "")) and (value := _asked(command, name)):
        return Secret(value, Source.COMMAND)
    return Secret("", Source.NOWHERE)


def _content(name: str, path: Path) -> str:
    try:
        if path.stat().st_size > LONGEST:
            raise ValueError(f"{name}: {path} is too long for a secret")
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: {path} cannot be read ({type(error).__name__})") from None


@cache
def _asked(command: str, name: str) -> str:
    """What the vault's program prints; its own words of trouble may hold secrets and are thrown away."""
    try:
        ended = subprocess.run(
            [*shlex.split(command), name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=SECONDS, check=False,
        )  # fmt: skip
        value = ended.stdout.decode("utf-8").rstrip("\r\n")
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise ValueError(f"{name}: XINGLIN_SECRETS_COMMAND failed ({type(error).__name__})") from None
    if ended.returncode or len(value) > LONGEST:
        raise ValueError(f"{name}: XINGLIN_SECRETS_COMMAND ended with code {ended.returncode}")
    return value
