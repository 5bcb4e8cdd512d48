"""A query whose text never changes: written by Django once in a process, then asked with other values each time (Q-01).

What every page asks (the session, the identity, the rows of a list by their keys) is the same text again and again. To
write it anew costs Python more than the database needs to answer, and to fill model instances field by field as much
again. Here the text is kept (on PostgreSQL by the server too, see `kernel.postgresql`), and instances are filled as
`only()` and `select_related()` would leave them: same class, same cached relations; what was not read is read when it
is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import Expression, QuerySet
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)
Row = Sequence[Any]


class Slot(Expression):
    """A value that is named when the query is asked: ``filter(pk=Slot("key", models.BigIntegerField()))``.

    With ``__among`` it stands for many values.
    """

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [Asked(self.name, self.output_field.get_db_prep_value)]


class Asked:
    """A parameter of the kept text: which value goes here, and how the database takes it."""

    __slots__ = ("adapt", "name")

    def __init__(self, name: str, adapt: Callable[[Any, Any], Any]) -> None:
        self.name, self.adapt = name, adapt


class Compiled(Generic[M]):
    """A queryset of model instances with slots. ``build`` is called once in each process.

    It may use filter, order_by, select_related, only and a slice; annotations and prefetches are refused with TypeError.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build
        self._texts: dict[str, _Text] = {}

    def rows(self, using: str = "default", **values: Any) -> list[M]:
        """The instances for these values, one for each slot. Raises KeyError for a slot without a value."""
        text = self._texts.get(using)
        if text is None:
            text = self._texts[using] = _Text(self._build().using(using), using)
        return text.ask(values)

    def first(self, using: str = "default", **values: Any) -> M | None:
        """The first of `rows`."""
        return next(iter(self.rows(using, **values)), None)


class _Text:
    """The written query on one database, and how its rows become instances."""

    def __init__(self, queryset: QuerySet[Any], using: str) -> None:
        query = queryset.query
        if query.annotations or query.extra or queryset._prefetch_related_lookups or query.values_select:  # type: ignore[attr-defined]
            raise TypeError("a compiled query reads plain model instances")
        self.using = using
        compiler = query.get_compiler(using)
        try:
            self.sql, self.params = compiler.as_sql()
        except EmptyResultSet:
            raise TypeError("a compiled query must be able to find something") from None
        columns = [column[0] for column in compiler.select]
        self._converted = [(place, columns[place]) for place in compiler.get_converters(columns)]
        self._make = _maker(compiler.klass_info, compiler.select, using)

    def ask(self, values: dict[str, Any]) -> list[Any]:
        """Nothing of the connection that wrote the text is kept: each thread asks on its own."""
        connection = connections[self.using]
        params = [p.adapt(values[p.name], connection) if isinstance(p, Asked) else p for p in self.params]
        prepared = getattr(connection, "prepared_cursor", connection.cursor)
        with prepared() as cursor:
            cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        return [self._make(row) for row in self._as_python(rows, connection)]

    def _as_python(self, rows: list[Row], connection: Any) -> Iterable[Row]:
        ways = [
            (place, column, [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)])
            for place, column in self._converted
        ]
        if not ways:
            return rows
        found = [list(row) for row in rows]
        for row in found:
            for place, column, converters in ways:
                for convert in converters:
                    row[place] = convert(row[place], column, connection)
        return found


def _maker(info: Any, select: Any, using: str) -> Callable[[Row], Any]:
    """Makes an instance of the class that ``info`` (of Django's compiler) tells, with those joined to it."""
    model = info["model"]
    places = [(select[place][0].target.attname, place) for place in info["select_fields"]]
    joined = [_joiner(below, select, using) for below in info.get("related_klass_infos", ())]

    def make(row: Row) -> Any:
        made = model.__new__(model)
        state = made._state = ModelState()
        state.db, state.adding = using, False
        values = made.__dict__
        for name, place in places:
            values[name] = row[place]
        for join in joined:
            join(row, made)
        return made

    return make


def _joiner(info: Any, select: Any, using: str) -> Callable[[Row, Any], None]:
    """Makes the joined instance and ties both together; None where the join found nothing."""
    make, key = _maker(info, select, using), info["model"]._meta.pk.attname
    place_of_key = next(place for place in info["select_fields"] if select[place][0].target.attname == key)
    tie, tie_back = info["local_setter"], info["remote_setter"]

    def join(row: Row, to: Any) -> None:
        made = make(row) if row[place_of_key] is not None else None
        tie(to, made)
        if made is not None:
            tie_back(made, to)

    return join
