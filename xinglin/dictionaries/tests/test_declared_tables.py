"""P-10: every coded field of the product has its table, and room for its longest code."""

from django.apps import apps

from xinglin.dictionaries import sources
from xinglin.kernel.declarations import declarations_of


def coded_fields():
    return [
        (f"{model.__name__}.{declaration.name}", declaration)
        for model in apps.get_models()
        for declaration in declarations_of(model).values()
        if declaration.code_table
    ]


def test_every_declared_table_is_shipped():
    assert {declaration.code_table for _, declaration in coded_fields()} <= set(sources.shipped_keys())


def test_the_longest_code_fits_its_column():
    for name, declaration in coded_fields():
        longest = max(len(entry.code) for entry in sources.shipped(declaration.code_table).entries)
        assert declaration.max_length is None or declaration.max_length >= longest, name
