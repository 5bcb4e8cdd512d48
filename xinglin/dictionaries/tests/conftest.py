import pytest

from xinglin.dictionaries import selectors


@pytest.fixture(autouse=True)
def _no_cache_left_over():
    """What a rolled-back test wrote to the tables must not live on in the cache of the process."""
    selectors.forget()
    yield
    selectors.forget()
