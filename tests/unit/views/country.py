"""A country of four hundred communes in memory: every answer of a page about many can be counted again by hand."""

from __future__ import annotations

import dataclasses
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from store import groups
from store.definitions import Words
from tests.unit.views import hand
from views import load

PROVINCES, EACH = 4, 100
BEFORE, AFTER = "2023-Q4", "2024-Q4"
PAGES = {
    name: SimpleNamespace(url_path=name)
    for name in ("overview", "area", "indicator", "method", "tiers", "plan", "index", "upload")
}


def catalogue_of(known):
    """The product's own definitions over made-up communes of four provinces; the first three are the pilot."""
    plain = next(area for area in known.pilots)
    above = next(area for area in known.areas if area.level == 1)
    day = {"valid_from": date(2020, 1, 1), "valid_to": None}
    provinces = [
        dataclasses.replace(
            above, id=f"p{n}", code=f"{n:02d}", name=_named(f"Tỉnh {n}", f"Province {n}"), **day
        )
        for n in range(PROVINCES)
    ]
    communes = [
        dataclasses.replace(
            plain, id=f"c{n:03d}", code=f"{n:05d}", name=_named(f"Xã {n}", f"Commune {n}"), parent_id=f"p{n // EACH}",
            province_id=f"p{n // EACH}", role="pilot" if n < 3 else "", aliases=(), **day,
        )
        for n in range(PROVINCES * EACH)
    ]  # fmt: skip
    return dataclasses.replace(known, areas=(*provinces, *communes), lineage=()), communes


def _named(vi, en):
    return Words({"vi": vi, "en": en})


def rows(catalogue, communes, seed: int = 7) -> pd.DataFrame:
    """Figures of every indicator that a set of criteria, the index or a target asks for, in two periods: most counted, some
    printed without counts, some without cases, hidden or absent."""
    random = np.random.default_rng(seed)
    asked = {item.indicator for scheme in catalogue.schemes for item in scheme.criteria if item.indicator}
    asked |= set(catalogue.index.weights) | {item.id for item in catalogue.indicators if item.target}
    found = []
    for name in sorted(asked):
        indicator = catalogue.indicator_by_id[name]
        way = indicator.target.definition if indicator.target else indicator.default_definition
        for period, level in ((BEFORE, 0.55), (AFTER, 0.7)):
            shares = random.beta(8 * level, 8 * (1 - level), len(communes))
            bases = random.integers(20, 400, len(communes))
            fate = random.random(len(communes))
            for area, share, base, luck in zip(communes, shares, bases, fate, strict=True):
                n = round(share * base)
                one = {"indicator": name, "definition": way, "provenance": "illustrative"}
                if luck < 0.06:
                    continue
                if luck < 0.08:
                    found.append(hand.figure(area.id, period, **one, status="no_cases"))
                elif luck < 0.1:
                    found.append(hand.figure(area.id, period, **one, status="suppressed"))
                elif luck < 0.16 or not indicator.is_rate:
                    words = ("exact", "gt", "approx")[int(base) % 3]
                    found.append(
                        hand.figure(area.id, period, value=round(100 * share, 1), qualifier=words, **one)
                    )
                else:
                    found.append(hand.figure(area.id, period, n, int(base), **one))
    return hand.frame(*found)


def opened(monkeypatch, ctx, catalogue, communes, figures):
    """(``ctx`` before these communes and no others) with every read answered out of ``figures``."""
    ids = groups.AreaIds("vn-now", (area.id for area in communes))
    known = groups.groups(catalogue)
    own = dataclasses.replace(
        ctx, catalogue=catalogue, group=known["vn-now"], pages=PAGES, page="tiers", space="demo",
        snapshot_id=f"2024-Q4-{id(figures):012x}",
    )  # fmt: skip
    assert own.many and tuple(own.area_ids) == tuple(ids)

    def read(space, snapshot, areas, indicators=None, periods=None, every_definition=False):
        assert periods is not None and indicators is not None, "a page of many reads only what it shows"
        wanted = figures["indicator_id"].isin(list(indicators)) & figures["period"].isin(list(periods))
        return figures[wanted & figures["area_id"].isin(list(areas))].reset_index(drop=True)

    in_use = dict(zip(figures["indicator_id"], figures["definition"], strict=True))
    counted = figures[figures["period"] == AFTER].groupby(["indicator_id", "definition"], as_index=False)[
        "value"
    ]
    monkeypatch.setattr(load, "figures", read)
    monkeypatch.setattr(load, "definitions_in_use", lambda *_: in_use)
    monkeypatch.setattr(load, "counted", lambda *_: counted.nunique().rename(columns={"value": "values"}))
    monkeypatch.setattr(load, "groups", lambda *_: known)
    return own
