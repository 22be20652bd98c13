"""Hostile stored texts before a real browser: a page or two; all of them in tests/benchmark/fuzz_dom.py."""

from pathlib import Path

import pytest

from tests.benchmark import fuzz_dom

pytestmark = pytest.mark.browser


def test_stored_texts_do_nothing_in_a_browser(tmp_path: Path, chromium) -> None:
    tally = fuzz_dom.run(60, 5, tmp_path, short=True, browser=chromium)
    assert tally.failed == 0 and tally.cases >= 60, tally


def test_the_look_at_the_page_sees_what_it_is_for(chromium) -> None:
    context = chromium.new_context()
    tab = context.new_page()
    tab.set_content(
        "<p>fine</p><div id=host></div><img data-fuzz=1 src=data:x onerror='window.fuzzed=1'><a href='javascript:x'>a</a>"
        "<script>document.getElementById('host').attachShadow({mode: 'open'}).innerHTML = '<x-fuzz></x-fuzz>'</script>"
    )
    tab.wait_for_function("window.fuzzed")
    found = "; ".join(tab.evaluate(fuzz_dom.FOUND))
    context.close()
    for part in ("X-FUZZ", "data-fuzz", "onerror", "javascript:x", "a script ran"):
        assert part in found, part
