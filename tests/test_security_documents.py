"""The documents on security say what the code does: cryptography, events, levels of data, ceilings, components (Q-12)."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.sources import calls, read, source_files, tree
from xinglin.accounts.enums import Guess
from xinglin.accounts.throttle import LIMITS
from xinglin.config import components
from xinglin.kernel import clock
from xinglin.kernel.declarations import declarations_of

pytestmark = pytest.mark.req("Q-12")
SECURITY, MONITORING = Path("docs/security.md"), Path("docs/operations/monitoring.md")
GUESSING = Path("docs/decisions/0026-lockout-sessions-and-codes.md")

PRIMITIVES = {
    "AESGCM": "AES-256-GCM", "Scrypt": "scrypt", "Argon2PasswordHasher": "Argon2id", "make_password": "Argon2id",
    "check_password": "Argon2id", "salted_hmac": "HMAC", "constant_time_compare": "constant time",
    "hashlib.sha256": "SHA-256", "hashlib.sha1": "SHA-1", "hmac.new": "HMAC", "hmac.compare_digest": "constant time", "os.urandom": "random",
    "signing.dumps": "signed", "signing.loads": "signed", "signing.Signer": "signed",
    "ssl.create_default_context": "TLS", "ssl.SSLContext": "TLS", "ssl.SSLSocket": "TLS",
}  # fmt: skip
"""What a name in the code is called in the inventory; "signed" stands among what is protected, the others under how."""
MODULES = {"hashlib", "hmac", "secrets", "signing", "ssl"}
NO_PRIMITIVE = re.compile(
    r"InvalidTag|BadSignature|SignatureExpired|SSL\w*Error|cert_time_to_seconds|Purpose|TLSVersion"
)
CURIOUS = (
    "cryptography",
    "django.utils.crypto",
    "django.contrib.auth.hashers",
    "hashlib",
    "hmac",
    "secrets",
    "ssl",
    "argon2",
)


def sections(path: Path, title: str) -> str:
    """The text below one heading, up to the next."""
    return re.split(r"^#+ ", read(path).split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.M)[0]


def cells(text: str) -> Iterator[list[str]]:
    """The rows of a table, without its head."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def cryptography_in(module: ast.Module) -> set[str]:
    """Names of primitives as the code has them."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            if node.value.id in MODULES or name == "os.urandom":
                found.add(name)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(CURIOUS):
            found |= {alias.name for alias in node.names}
    return {name for name in found if not NO_PRIMITIVE.search(name)}


def called(name: str) -> str:
    if name.startswith("secrets."):
        return "random"
    return PRIMITIVES[name]


def test_the_inventory_of_cryptography_is_what_the_code_uses() -> None:
    used: dict[str, set[str]] = {}
    for path in source_files():
        if path.parts[1] != "demo" and (found := cryptography_in(tree(path))):
            used[path.relative_to("xinglin").as_posix()] = {called(name) for name in found}
    told: dict[str, list[str]] = defaultdict(list)
    for what, how, _, where in list(cells(sections(SECURITY, "Cryptography in use")))[1:]:
        for place in re.findall(r"`([\w/]+\.py)`", where):
            told[place].append(f"{what} {how}")
    assert set(told) == set(used)
    untold = {place: word for place, words in used.items() for word in words if word not in " ".join(told[place])}
    assert not untold, "used there, not said there"
    idle = [
        (place, row) for place, rows in told.items() for row in rows if not any(word in row for word in used[place])
    ]
    assert not idle, "said there, not used there"


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("import hashlib\nhashlib.md5(b'')", {"hashlib.md5"}),
        ("from hashlib import sha1", {"sha1"}),
        ("import os\nos.urandom(8)", {"os.urandom"}),
        ("from cryptography.hazmat.primitives.ciphers.aead import AESGCM", {"AESGCM"}),
        ("from django.core import signing\nsigning.BadSignature", set()),
        ("import os\nos.path", set()),
    ],
)
def test_the_inventory_sees_what_a_file_uses(code: str, seen: set[str]) -> None:
    assert cryptography_in(ast.parse(code)) == seen
    assert {"hashlib.md5", "sha1"}.isdisjoint(PRIMITIVES), "weak ones have no name, so that they fail"


def logged() -> set[tuple[str, str]]:
    """(logger, message) of every line that the code writes, with … for what is filled in."""
    found = set()
    for path in source_files():
        named = {
            target.id: _name_of(call, path)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Assign) and isinstance(call := node.value, ast.Call)
            if isinstance(call.func, ast.Attribute) and call.func.attr == "getLogger"
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in calls(path):
            by = call.func
            if isinstance(by, ast.Attribute) and isinstance(by.value, ast.Name) and by.value.id in named:
                words = next(
                    word for word in call.args if isinstance(word, ast.Constant) and isinstance(word.value, str)
                )
                found.add((named[by.value.id], re.sub(r"%[sd]", "…", str(words.value))))
    return found


def _name_of(call: ast.Call, path: Path) -> str:
    first = call.args[0]
    return first.value if isinstance(first, ast.Constant) else ".".join(path.with_suffix("").parts)


def test_every_event_that_is_logged_stands_in_the_inventory() -> None:
    table = list(cells(sections(MONITORING, "Events")))[1:]
    split = {(logger.strip("`"), message) for logger, messages, *_ in table for message in _messages(messages)}
    assert logged() == split
    assert all(re.match(r"(info|warning|error)\b", level) and when for _, _, level, when in table)


def _messages(cell: str) -> list[str]:
    return [cell] if "…" in cell else cell.split(", ")


def sealed_columns() -> set[tuple[str, str]]:
    """Columns that hold ciphertext or are declared sensitive; keys, digests and pictures for everybody are neither."""
    found = set()
    for model in apps.get_models():
        sensitive = {name for name, one in declarations_of(model).items() if one.sensitive}
        for field in model._meta.concrete_fields:
            if isinstance(field, models.BinaryField) or field.name in sensitive:
                found.add((model._meta.label, field.name))
    return found - {("vault.DataKey", "wrapped"), ("history.HistorySeal", "row_digests"), ("ui.SiteSetting", "logo")}


def test_every_sealed_column_stands_in_the_table_of_levels() -> None:
    text = re.sub(
        r"\s+", " ", sections(SECURITY, "Levels of data").split("Sealed columns, by model:")[1].split(". ")[0]
    )
    told = {
        (model, column)
        for model, columns in re.findall(r"`(\w+\.\w+)` ([a-z_, ]+)", f"{text};")
        for column in re.findall(r"\w+", columns)
    }
    assert told == sealed_columns()


def test_the_ceilings_on_guessing_are_those_of_the_decision() -> None:
    text = read(GUESSING)
    kinds = {"wrong passwords": Guess.PASSWORD, "wrong captchas": Guess.CAPTCHA, "wrong codes": Guess.CODE,
             "wrong values of a second factor": Guess.FACTOR, "codes asked for": Guess.ASKED}  # fmt: skip
    rows = {kinds[row[0]]: row[1:] for row in cells(text) if row[0] in kinds}
    assert set(rows) == set(LIMITS)
    for kind, told in rows.items():
        for scope, cell in zip(("pair", "account", "address"), told, strict=True):
            limit = LIMITS[kind].get(scope)
            hours, minutes = divmod(int(limit.span.total_seconds()) // 60, 60) if limit else (0, 0)
            said = f"{limit.most} in {f'{hours} h' if hours else f'{minutes} min'}" if limit else "–"
            assert cell == said, (kind, scope)
    assert "locked" in text and "prankster" in text, "how nobody locks out somebody else"


def test_the_time_frame_for_components_is_the_one_that_the_doctor_keeps() -> None:
    text = re.sub(r"\s+", " ", sections(SECURITY, "Third-party components"))
    (days,) = re.findall(r"brought up to date at least every (\d+) days", text)
    assert int(days) == components.RENEWED_WITHIN.days
    assert "critical is mended by a release within 7 days, high within 30" in text
    locked = components.locked_on()
    assert locked is not None and date(2026, 11, 20) <= locked <= clock.today()
    assert components.LOCKED_ON.rpartition("/")[2] in read(Path("scripts/lock_requirements"))
