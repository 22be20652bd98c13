"""Counters, durations and gauges of this process, and their text for Prometheus.

Labels are names of pages, spaces, acts and error codes: a handful of values each, never anything about a person.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Reading = tuple[dict[str, str], float]


class _Family:
    """What is counted under one name, by labels."""

    kind = ""

    def __init__(self, name: str, text: str, labels: Sequence[str] = ()) -> None:
        self.name, self.text, self.labels = name, text, tuple(labels)
        self._lock = threading.Lock()
        FAMILIES[name] = self

    def _key(self, labels: dict[str, str]) -> tuple[str, ...]:
        return tuple(str(labels[name]) for name in self.labels)

    def lines(self) -> Iterable[str]:
        """Its lines, without the heading."""
        raise NotImplementedError


FAMILIES: dict[str, _Family] = {}


class Counter(_Family):
    """Only grows while the process lives."""

    kind = "counter"

    def __init__(self, name: str, text: str, labels: Sequence[str] = ()) -> None:
        super().__init__(name, text, labels)
        self._values: dict[tuple[str, ...], float] = {}

    def add(self, amount: float = 1, **labels: str) -> None:
        """Count."""
        key = self._key(labels)
        with self._lock:
            self._values[key] = self._values.get(key, 0) + amount

    def value(self, **labels: str) -> float:
        """What was counted so far."""
        return self._values.get(self._key(labels), 0)

    def lines(self) -> Iterable[str]:
        """One line for each set of labels."""
        with self._lock:
            values = dict(self._values)
        for key, value in sorted(values.items()):
            yield _line(self.name, dict(zip(self.labels, key, strict=True)), value)


class Gauge(Counter):
    """Goes up and down."""

    kind = "gauge"


class Histogram(_Family):
    """Durations in seconds, by upper bounds."""

    kind = "histogram"

    def __init__(
        self, name: str, text: str, labels: Sequence[str] = (), bounds: Sequence[float] = SECONDS
    ) -> None:
        super().__init__(name, text, labels)
        self.bounds = tuple(bounds)
        self._values: dict[tuple[str, ...], list[float]] = {}  # counts by bound, beyond all bounds, sum

    def observe(self, seconds: float, **labels: str) -> None:
        """Take one duration."""
        key = self._key(labels)
        with self._lock:
            counts = self._values.setdefault(key, [0.0] * (len(self.bounds) + 2))
            counts[bisect_left(self.bounds, seconds)] += 1
            counts[-1] += seconds

    def lines(self) -> Iterable[str]:
        """Cumulated counts, sum and count for each set of labels."""
        with self._lock:
            values = {key: list(counts) for key, counts in self._values.items()}
        for key, counts in sorted(values.items()):
            labels, below = dict(zip(self.labels, key, strict=True)), 0.0
            for bound, count in zip((*self.bounds, "+Inf"), counts, strict=False):
                below += count
                yield _line(f"{self.name}_bucket", labels | {"le": str(bound)}, below)
            yield _line(f"{self.name}_sum", labels, counts[-1])
            yield _line(f"{self.name}_count", labels, below)


class Measured(_Family):
    """Read when somebody asks: ``read`` gives (labels, value) pairs."""

    def __init__(
        self, name: str, text: str, read: Callable[[], Iterable[Reading]], kind: str = "gauge"
    ) -> None:
        super().__init__(name, text)
        self.kind, self._read = kind, read

    def lines(self) -> Iterable[str]:
        """One line for each pair."""
        return [_line(self.name, labels, value) for labels, value in self._read()]


def _line(name: str, labels: dict[str, str], value: float) -> str:
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{inside}}} {value:.12g}" if inside else f"{name} {value:.12g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def text() -> str:
    """Everything counted, as Prometheus reads it."""
    parts = []
    for family in FAMILIES.values():
        parts += [f"# HELP {family.name} {family.text}", f"# TYPE {family.name} {family.kind}"]
        parts += family.lines()
    return "\n".join(parts) + "\n"


RERUNS = Histogram("board_rerun_seconds", "Runs of a page's script.", ("page",))
SESSIONS = Gauge("board_sessions", "Readers connected now.")
UPLOADS = Counter("board_uploads_total", "Acts upon uploads, by how they ended.", ("act", "outcome"))
ERRORS = Counter("board_errors_total", "Errors shown to a person, by code.", ("code",))
LOCK_WAITS = Histogram("board_lock_wait_seconds", "Waiting for the lock of a space.", ("space",))
LOG_LINES = Counter("board_log_lines_total", "Log lines written.", ("level",))
