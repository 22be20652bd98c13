"""Invented figures of the national set, a whole quarter at a time.

How a rate is made: the courses of the eight communes' illustration (``data/demo/make_demo.py``: end of 2022, of 2023, of
2024, in 1/100 %) are stretched over the quarters of this set; a commune lies above or below by its readiness, which
its province shares; noise of the size that its denominator allows is added; cases are whole. Every quarter has a random
stream of its own, so that more quarters do not disturb the earlier ones of the same first quarter.
"""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DEMO = Path(__file__).resolve().parent.parent / "demo" / "make_demo.py"
# Invented sizes: so many for every thousand people, and the fewest of any commune.
PER_THOUSAND = {
    "people": (1000, 400), "aged_14": (775, 300), "aged_15": (760, 300), "working_age": (600, 240),
    "households": (265, 100), "customers": (220, 90), "villages": (1.1, 3), "staff": (1.2, 18),
    "cells": (1.3, 4), "sites": (0.5, 3), "firms": (4, 0), "traders": (14, 2), "agencies": (0.2, 3),
    "systems": (0.3, 4), "dossiers": (65, 40), "fee": (28, 15), "full": (30, 20), "resolved": (63, 38),
    "ratings": (12, 6), "results": (60, 35), "outgoing": (20, 30), "work_files": (15, 25),
    "meetings": (0.8, 6), "plan": (480_000_000, 100_000_000), "targets": (0, 24), "procedures": (0, 350),
}  # fmt: skip
SEASON = {"1": 0.87, "2": 1.04, "3": 1.03, "4": 1.06}
MOVING = ("dossiers", "fee", "full", "resolved", "ratings", "results", "outgoing", "work_files", "meetings")
COUNTS_PER_THOUSAND = {
    "gov_docs_processed": (55, 80), "inf_public_points": (0.6, 1), "hr_community_team": (1.1, 3),
    "hr_it_officers": (0.06, 0), "eco_ocop_online": (0.3, 0), "gov_online_payment_amount": (900_000, 0),
    "gov_visit_minutes": (0, 14),
}  # fmt: skip
FIRST = ("gov_online_payment_rate", "soc_ehealth_rate", "gov_dossiers_received")  # what a small set has

MISSING, LATE, NO_CASES, ZERO, FEW, CORRECTED = 0.025, 0.01, 0.006, 0.004, 0.006, 0.01
MISTAKEN = 0.64  # part of the cases that a first version had, before it was corrected


def demo_rates() -> dict[str, tuple[str, str, tuple[int, ...]]]:
    """Kind, denominator and anchors of the illustration's rates."""
    spec = importlib.util.spec_from_file_location("make_demo", DEMO)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.RATES


@dataclass(frozen=True)
class Kind:
    """How one indicator is made up; ``denominator`` empty: a plain number. ``few``: counts below it are hidden."""

    id: str
    denominator: str
    anchors: tuple[float, float, float]
    over: bool
    few: int


@dataclass(frozen=True)
class Quarter:
    """Figures by commune and indicator, each (communes, indicators). ``count``: numerator of a rate, else the number;
    ``whole``: denominator, 0 where it is no rate. ``sent``: there is a row; ``empty``: no cases; ``wrong``: the first file had
    another count, ``first``, which a later file corrects."""

    count: np.ndarray
    whole: np.ndarray
    sent: np.ndarray
    empty: np.ndarray
    wrong: np.ndarray
    first: np.ndarray


def kinds(definitions: Sequence[dict], wanted: int) -> list[Kind]:
    """How the first ``wanted`` indicators are made up; ``definitions``: parsed files, in their order."""
    rates = demo_rates()
    spare = [item for item in PER_THOUSAND if item not in ("plan", "targets", "procedures")]
    known = {item["id"]: item for item in definitions if item.get("uploaded", True)}
    names = [*(name for name in FIRST if name in known), *(name for name in known if name not in FIRST)]
    made = []
    for place, name in enumerate(names[:wanted]):
        own = known[name]
        _, whole, anchors = rates.get(name, ("", spare[place % len(spare)], ()))
        if name == "gov_online_service_handled_rate":
            anchors = (6200, 7100, 8000)
        if not anchors:  # an indicator of this set, or one made of others in the small illustration
            anchors = (300 + 977 * place % 4000, 2000 + 1361 * place % 5000, 4500 + 769 * place % 5300)
        rule = own.get("disclosure", {})
        made.append(
            Kind(
                name,
                whole if own["kind"] == "rate" else "",
                tuple(anchor / 10_000 for anchor in anchors),
                own.get("can_exceed_100", "no") != "no",
                int(rule.get("threshold", 0)),
            )
        )
    return made


class Figures:
    """All figures of a country; ``province``: number of each commune's province."""

    def __init__(self, made: Sequence[Kind], province: np.ndarray, seed: int) -> None:
        self._kinds, self._seed = made, seed
        rng = _stream(seed, 1)
        count = len(province)
        shared = _spread(rng, int(province.max()) + 1)
        self._people = 2500 + 60_000 * rng.random(count) ** 3  # most are small, a few large
        self._ready = 0.35 * shared[province] + 0.45 * _spread(rng, count)
        self._lean = np.clip(self._ready[:, None] + 0.2 * _spread(rng, count, len(made)), -0.9, 0.9)
        self._own = 0.7 + 0.6 * rng.random((count, len(PER_THOUSAND)))

    def sizes(self, year: float, season: str, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Whole numbers of each denominator by commune; what moves in a year moves together."""
        growth, noise = 1 + 0.012 * year, 1 + 0.04 * _spread(rng, len(self._people))
        found = {}
        for place, (name, (each, least)) in enumerate(PER_THOUSAND.items()):
            volume = SEASON[season] * noise * growth if name in MOVING else 1 + 0.004 * year
            numbers = least + each * self._people / 1000 * self._own[:, place] * volume
            found[name] = np.rint(numbers)
        for name in ("fee", "full", "resolved", "results"):
            found[name] = np.minimum(found[name], found["dossiers"])
        return found

    def quarter(self, place: int, quarters: int, name: str) -> Quarter:
        """Figures of the quarter at ``place`` of ``quarters``, called ``name``."""
        rng = _stream(self._seed, 2, place)
        shape = (len(self._people), len(self._kinds))
        sizes = self.sizes(place / 4, name[-1], rng)
        course = 2 * (place + 1) / quarters
        count, whole = np.zeros(shape), np.zeros(shape)
        noise = _spread(rng, *shape)
        for column, kind in enumerate(self._kinds):
            if kind.denominator:
                whole[:, column] = sizes[kind.denominator]
                count[:, column] = self._cases(kind, column, course, whole[:, column], noise[:, column])
            elif kind.id == "gov_dossiers_received":
                count[:, column] = sizes["dossiers"]
            else:
                each, least = COUNTS_PER_THOUSAND.get(kind.id, (3, 1))
                level = self._people / 1000 * each * (0.4 + 0.3 * course) * (1 + 0.1 * noise[:, column])
                count[:, column] = np.rint(np.maximum(least + level, 0))
        return self._marked(count, whole, rng)

    def _cases(
        self, kind: Kind, column: int, course: float, whole: np.ndarray, noise: np.ndarray
    ) -> np.ndarray:
        start, middle, end = kind.anchors
        level = start + (middle - start) * course if course < 1 else middle + (end - middle) * (course - 1)
        lean = self._lean[:, column]
        if level < 1:
            room = np.where(lean > 0, 1 - level, min(level, 3 * (1 - level)))
            level = level + room * lean / 2
        level = np.broadcast_to(np.asarray(level, dtype=float), whole.shape)
        spread = np.sqrt(np.clip(level * (1 - level), 0.0004, None) / np.maximum(whole, 1)) / 2
        cases = np.rint(np.maximum(level + spread * noise, 0) * whole)
        return cases if kind.over else np.minimum(cases, whole)

    def _marked(self, count: np.ndarray, whole: np.ndarray, rng: np.random.Generator) -> Quarter:
        """Missing and late ones, no cases, zero, too few to be shown, and what was sent wrong at first."""
        shape = count.shape
        rate = np.array([bool(kind.denominator) for kind in self._kinds])
        limit = np.array([kind.few for kind in self._kinds])
        late = rng.random(shape[0]) < LATE
        lot = rng.random(shape)
        sent = ~late[:, None] & (lot >= MISSING)
        empty = rate & ((whole == 0) | (rng.random(shape) < NO_CASES))
        count[rate & (rng.random(shape) < ZERO)] = 0
        few = (limit > 1) & (rng.random(shape) < FEW) & (whole > 10)
        count[few] = (1 + np.floor(rng.random(shape) * np.maximum(limit - 1, 1)))[few]
        first = np.floor(count * MISTAKEN)
        wrong = sent & ~empty & rate & (first < count) & (rng.random(shape) < CORRECTED)
        if not wrong.any():
            possible = np.argwhere(sent & ~empty & rate & (first < count))
            wrong[tuple(possible[:1].T)] = True
        return Quarter(
            count.astype(np.int64), whole.astype(np.int64), sent, empty, wrong, first.astype(np.int64)
        )


def _stream(*words: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(words))


def _spread(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """About normal, mean 0, standard deviation 1: three even throws added, which every machine adds alike."""
    return (2 * rng.random((3, *shape)) - 1).sum(axis=0)
