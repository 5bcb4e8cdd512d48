"""One check of the doctor, run by itself."""

from __future__ import annotations

from xinglin.kernel.checkups import Look, checkups, examine


def look_at(name, full=False):
    (one,) = [known for known in checkups() if known.name == name]
    return examine(one, Look(full=full))


def said(name, full=False):
    return " ".join(finding.what for finding in look_at(name, full).findings)
