"""Processor time of a rerun of the map page, of the pilot and of the country, and what it sends.

Usage: BOARD_DATA=OUT BOARD_RUNTIME=RT python -m tests.benchmark.bench_map     (OUT as make_national.py writes it, after init)
"""

import statistics
import time

from streamlit.testing.v1 import AppTest

from tests.pages import visit

GROUPS = ("pilot", "vn-now")
RUNS = 9


def charts(block: object) -> list:
    """Every chart below a block of the page."""
    found = []
    for child in getattr(block, "children", {}).values():
        found += [child] if getattr(child, "type", "") == visit.CHART else charts(child)
    return found


def measured(group: str) -> tuple[float, int]:
    """(median seconds of a rerun, bytes of its charts)."""
    at: AppTest = visit.go(visit.start(lang="vi", space="demo", group=group), "map", group=group)
    times = []
    for _ in range(RUNS):
        begun = time.process_time()
        at.run()
        times.append(time.process_time() - begun)
    return statistics.median(times), sum(len(chart.proto.spec) for chart in charts(at.main))


if __name__ == "__main__":
    results = {group: measured(group) for group in GROUPS}
    for group, (seconds, size) in results.items():
        print(f"{group}: {seconds * 1000:.0f} ms, {size / 1e6:.2f} MB")
    print(f"ratio: {results['vn-now'][0] / results['pilot'][0]:.1f}")
