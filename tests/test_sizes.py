"""Short files: median 50 to 80 lines, nine of ten at most 250, none over 400; at least as much test as source."""

import statistics

from tests.sources import lines, source_files, test_files

CEILING = 400
NINE_OF_TEN = 250
MEDIAN = range(50, 81)


def sizes() -> dict[str, int]:
    return {str(path): lines(path) for path in source_files() if path.name != "__init__.py"}


def test_no_file_is_longer_than_the_ceiling():
    every = sizes() | {str(path): lines(path) for path in test_files()}
    too_long = {name: count for name, count in every.items() if count > CEILING}
    assert not too_long, f"split by aggregate or journey (ceiling {CEILING} lines): {too_long}"


def test_nine_of_ten_files_are_short(record_property, capsys):
    counts = sorted(sizes().values())
    median, p90 = statistics.median(counts), statistics.quantiles(counts, n=10)[-1]
    record_property("median_lines", median)
    with capsys.disabled():
        print(f"\n{len(counts)} source files: median {median:.0f} lines, p90 {p90:.0f}, longest {counts[-1]}")
    assert round(median) in MEDIAN, f"the middle file has {median:.0f} lines: too long, or cut into crumbs"
    assert p90 <= NINE_OF_TEN, f"nine of ten files should have at most {NINE_OF_TEN} lines, not {p90:.0f}"


def test_tests_keep_up_with_the_source(record_property, capsys):
    """A line of test for each line of source, at least."""
    tests, source = sum(map(lines, test_files())), sum(map(lines, source_files()))
    record_property("test_lines_per_source_line", round(tests / source, 2))
    with capsys.disabled():
        print(f"\n{tests} lines of tests for {source} lines of source: {tests / source:.2f} (at least 1.00)")
    assert tests >= source, f"{tests} lines of tests for {source} lines of source: what is not proven yet?"
