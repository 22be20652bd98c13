"""Hostile stored texts before a real browser: a page or two; all of them in tests/benchmark/fuzz_dom.py."""

from pathlib import Path

import pytest

from tests.benchmark import fuzz_dom

pytestmark = pytest.mark.browser


def test_stored_texts_do_nothing_in_a_browser(tmp_path: Path, chromium) -> None:
    tally = fuzz_dom.run(60, 5, tmp_path, short=True, browser=chromium)
    assert tally.failed == 0 and tally.cases >= 60, tally
