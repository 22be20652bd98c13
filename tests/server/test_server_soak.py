"""The soak, for some seconds; the whole is ``tests/benchmark/soak.py``."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.benchmark import soak


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at the process in /proc")
def test_a_short_soak_leaves_nothing_behind() -> None:
    with ThreadPoolExecutor(1) as pool:  # another test of this process may keep a loop running in this thread
        found, wrong, figures = pool.submit(soak.run, 0.0, 1, 5, (8, 2, 1)).result()
    assert wrong == [] and found.clicks == 8
    assert figures["uploads"] == 2 and figures["documents made"] == 1 and len(found.samples) > 5


def test_growth_is_seen() -> None:
    def held(clicks: int, megabytes: float, files: int = 10) -> soak.Sample:
        return soak.Sample(clicks, megabytes, files, 9, 1.0, 1)

    flat = [held(number * 100, 300 + number % 2) for number in range(21)]
    assert soak.steady(flat) == []
    assert soak.steady([held(number * 100, 300 + number * 5) for number in range(21)])
    assert soak.steady([held(number * 100, 300, 10 + number) for number in range(21)])
    assert soak.slope(flat[:2]) == pytest.approx(0.01)
