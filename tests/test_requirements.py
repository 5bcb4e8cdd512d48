"""Every requirement that the product claims is named by at least one test."""

import pytest

from tests.proofs import proofs, titles


@pytest.mark.same_everywhere
def test_every_claimed_requirement_has_a_test():
    missing = sorted(set(titles()) - set(proofs()))
    assert not missing, f"no test names these; mark one with @pytest.mark.req, or do not claim them yet: {missing}"
