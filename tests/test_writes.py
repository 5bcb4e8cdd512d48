"""Writes happen in actions, which check the right and record the history; reads in selectors, which take a viewer."""

import ast
from pathlib import Path

from django.apps import apps

from tests.sources import calls, source_files, tree
from xinglin.kernel.scope import ScopedModel

QUERYSET_WRITES = {
    "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "update", "delete",
    "acreate", "aupdate", "adelete",
}  # fmt: skip
QUERYSET_WORDS = {
    "objects", "unscoped", "for_system", "visible_to", "filter", "exclude", "all", "select_for_update",
    "_base_manager", "_default_manager", "order_by",
}  # fmt: skip
READS = {"get", "first", "last", "count", "exists", "values", "values_list", "iterator"}
ROW_WRITES = {"save", "delete"}
SAVE_KEYWORDS = {"update_fields", "force_insert", "force_update", "using"}
BULK = {"insert_rows"}
WRITERS = {"actions", "demo"}
READERS = {"selectors", "actions", "demo"}
UNSCOPED = {"unscoped", "_base_manager", "_default_manager"}

# Files that are no actions and still write, each with its reason.
MAY_WRITE = {
    "xinglin/kernel/bulk.py": "is the writing tool itself",
    "xinglin/jobs/job_specs.py": "clears away the mechanism's own rows",
    "xinglin/jobs/lifecycle.py": "moves the mechanism's own rows through their states",
    "xinglin/jobs/reclaim.py": "takes back jobs whose worker died",
    "xinglin/jobs/scheduler.py": "keeps its own clock",
    "xinglin/history/sealing.py": "appends seals, which are no domain data",
    "xinglin/vault/rotation.py": "changes the wrapping of keys, never what they open",
    "xinglin/files/sweeping.py": "marks stored files that nobody refers to",
    "xinglin/files/erasing.py": "empties the files of an erased person",
    "xinglin/exports/erasing.py": "lets go of the exports that may hold an erased person",
    "xinglin/ui/once.py": "form tokens are no domain data",
}
# Files that are no selectors and still read past the scope, each with its reason.
MAY_READ = {
    "xinglin/vault/fields.py": "a sealed field reads its own deferred column",
    "xinglin/kernel/scope.py": "defines the managers",
    "xinglin/ui/lists/reading.py": "reads rows by the keys that a scoped query has just found",
    "xinglin/config/management/commands/dump.py": "writes out every table",
}


def rooms(path: Path) -> set[str]:
    """Names of the folders and the file: an app's actions.py or actions/reporting.py both have 'actions'."""
    return {part.removesuffix(".py") for part in path.parts}


def chain(node: ast.expr) -> set[str]:
    """The names in ``a.b(…).c``: {'a', 'b', 'c'}."""
    names: set[str] = set()
    while True:
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return names | ({node.id} if isinstance(node, ast.Name) else set())


def writes(call: ast.Call) -> bool:
    """Whether a call looks like a write of rows. Pictures, workbooks and storages take what they save as argument."""
    if isinstance(call.func, ast.Name):
        return call.func.id in BULK
    if not isinstance(call.func, ast.Attribute):
        return False
    verb, before = call.func.attr, chain(call.func.value)
    if verb in BULK or (verb in QUERYSET_WRITES and before & QUERYSET_WORDS):
        return True
    keywords = {keyword.arg for keyword in call.keywords}
    return verb in ROW_WRITES and not call.args and keywords <= SAVE_KEYWORDS and "super" not in before


def test_rows_are_written_in_actions_only():
    bad = [
        f"{path}:{call.lineno}: .{ast.unparse(call.func).rsplit('.', 1)[-1]}()"
        for path in source_files()
        if not rooms(path) & WRITERS and str(path) not in MAY_WRITE
        for call in calls(path)
        if writes(call)
    ]
    assert not bad, "move these into an action, so that right, history and transaction are one:\n" + "\n".join(bad)


def attributes(names: set[str], exempt: set[str]) -> list[str]:
    return [
        f"{path}:{node.lineno}: .{node.attr}"
        for path in source_files()
        if not rooms(path) & READERS and str(path) not in exempt
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in names
    ]


def test_nothing_reads_past_the_scope():
    bad = attributes(UNSCOPED, set(MAY_READ))
    assert not bad, "use visible_to(viewer) or for_system(reason) in a selector or an action:\n" + "\n".join(bad)


def test_reverse_relations_are_read_in_selectors_only():
    accessors = {
        relation.get_accessor_name()
        for model in apps.get_models()
        for relation in model._meta.related_objects
        if issubclass(relation.related_model, ScopedModel) and (relation.one_to_many or relation.many_to_many)
    }
    bad = [
        f"{path}:{node.lineno}: .{node.value.attr}.{node.attr}"
        for path in source_files()
        if not rooms(path) & READERS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in QUERYSET_WORDS | QUERYSET_WRITES | READS
        if isinstance(node.value, ast.Attribute) and node.value.attr in accessors
    ]
    assert not bad, "a reverse relation ignores the scope; write a selector:\n" + "\n".join(bad)


def test_exemptions_are_still_needed():
    known = {str(path) for path in source_files()}
    assert set(MAY_WRITE) | set(MAY_READ) <= known, "an exempt file is gone: take it off the list"
