"""The command ``xinglin``: Django's command line with the product's settings, wherever it is called from."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

COMMANDS = """\
xinglin serve            the web server and the worker, until Ctrl-C
xinglin worker           another worker for the background jobs (PostgreSQL)
xinglin prepare [--demo] make an installation ready: keys, tables, code tables, static files
xinglin first-account    open the first account of a new production installation
xinglin reset            throw a trial installation's data away
xinglin demo             load the invented data
xinglin accounts --json  who can sign in with what, in a trial installation
xinglin doctor [--full]  what is wrong with the installation, and what to do
xinglin dump --json      every stored row, in a stable order
xinglin backup FILE      everything in one file: database, stored files, keys
xinglin restore FILE     the same again, into an empty installation
xinglin verify-history   whether the history is what was sealed
xinglin history-head     the head of its hash chain, to be kept elsewhere
xinglin rotate-keys      wrap all data keys under the newest master key
xinglin help [command]   all commands, or the options of one
"""

DASHED = {"verify-history", "history-head", "rotate-keys", "first-account"}
"""Commands whose module cannot be called as they are."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; without one, say which there are."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if not arguments:
        sys.stdout.write(COMMANDS)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xinglin.config.settings")
    from django.core.management import execute_from_command_line

    arguments[0] = arguments[0].replace("-", "_") if arguments[0] in DASHED else arguments[0]
    try:
        execute_from_command_line(["xinglin", *arguments])
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
    except BrokenPipeError:  # the reader (head, less) has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
