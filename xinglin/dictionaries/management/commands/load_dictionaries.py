from django.core.management.base import BaseCommand, CommandError, CommandParser

from xinglin.dictionaries import actions, sources


class Command(BaseCommand):
    help = "Bring the code tables to what is shipped; unchanged tables are not touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("table", nargs="*", help="keys of tables; all when none is given")

    def handle(self, *args: object, **options: list[str]) -> None:
        wanted = options["table"] or None
        if unknown := set(wanted or ()) - set(sources.shipped_keys()):
            raise CommandError(f"unknown code table: {', '.join(sorted(unknown))}")
        written = actions.load_dictionaries(wanted)
        for key, count in written.items():
            self.stdout.write(f"{key}: {count}")
        self.stdout.write(f"{len(written)} code tables changed")
