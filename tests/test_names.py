"""File names say what a file is about, and no address of a machine or a registry stands anywhere."""

import re

from tests.sources import files, read

SAYS_NOTHING = re.compile(r"^_?(utils?|helpers?|common|misc|shared|stuff|lib)$")
REGISTRIES = re.compile(
    r"pypi\.(org|python)|pythonhosted\.|registry\.npmjs|registry\.yarnpkg|npmmirror\.|deb\.debian\.|/opt/(wheels|pypi)"
    r"|mirrors?\.(aliyun|tuna|ustc|cloud|163)|-{2}find-links|-{2}(extra-)?index-url\s+\S*//"
)
MACHINES = re.compile(r"(?<![\w.])/(work|root)/\w")
BINARY = {".png", ".jpg", ".jpeg", ".webp", ".heic", ".ico", ".xlsx", ".xls", ".ods", ".woff2", ".gz", ".pdf"}


def test_no_file_or_folder_is_called_utils():
    bad = [str(path) for path in files() if any(SAYS_NOTHING.match(part.split(".")[0]) for part in path.parts)]
    assert not bad, f"name them after what they are about: {bad}"


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}: {match[0]}" for path in files() if path.suffix not in BINARY and (match := pattern.search(read(path)))
    ]


def test_no_registry_address_is_written_down():
    assert not found(REGISTRIES), "lock files and scripts name no registry: where packages come from is the machine's"


def test_no_path_of_a_machine_is_written_down():
    assert not found(MACHINES), "paths are relative to the repository"
