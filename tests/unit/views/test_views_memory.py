"""What a process keeps: made once, shared, never changed by who reads it."""

import threading
import time
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st

from store import ledger
from views import load
from views.memory import Lane, Memory, kept


def test_the_oldest_goes_first_and_is_made_again():
    made, memory = [], Memory(2)
    for key in ("a", "b", "a", "c", "a", "b"):
        memory.get(key, lambda key=key: made.append(key))
    assert made == ["a", "b", "c", "b"]


def test_many_who_want_the_same_wait_for_one_who_makes_it():
    made, memory, found = [], Memory(4), []

    def make():
        time.sleep(0.05)
        made.append(1)
        return len(made)

    threads = [threading.Thread(target=lambda: found.append(memory.get("x", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1] and found == [1] * 8


def test_what_fails_is_tried_again():
    memory = Memory(4)
    with pytest.raises(ZeroDivisionError):
        memory.get("x", lambda: 1 / 0)
    assert memory.get("x", lambda: 7) == 7


def test_lists_and_mappings_name_what_they_hold():
    calls = []

    @kept(8)
    def read(*given, **more):
        calls.append((given, more))
        return len(calls)

    assert read(["a", {"k": [1]}], last=True) == read(["a", {"k": [1]}], last=True) == 1
    assert read(["a", {"k": [2]}], last=True) == 2 and read(["a", {"k": [1]}], last=False) == 3


def test_a_table_is_shared_until_somebody_writes_to_it():
    @kept(8, hand_out=lambda table: table.copy(deep=False))
    def read():
        return pd.DataFrame({"value": [1.0, 2.0], "name": ["a", "b"]})

    first = read()
    first["more"] = 3
    first.loc[0, "value"] = 9
    first["name"] = first["name"].str.upper()
    second = read()
    assert list(second.columns) == ["value", "name"]
    assert second["value"].tolist() == [1.0, 2.0] and second["name"].tolist() == ["a", "b"]


def test_clearing_the_frameworks_caches_clears_this_one():
    calls = []

    @kept(8)
    def read():
        calls.append(1)
        return len(calls)

    assert read() == read() == 1
    st.cache_resource.clear()
    assert read() == 2
    read.clear()
    assert read() == 3


def test_one_builds_at_a_time_and_what_is_inside_belongs_to_it():
    lane, at_work, most = Lane(), [], []
    pages, parts = Memory(9, lane=lane), Memory(9, lane=lane)

    def part(name):
        at_work.append(name)
        most.append(len(at_work))
        time.sleep(0.01)
        at_work.remove(name)
        return name

    threads = [
        threading.Thread(target=lambda n=n: pages.get(n, lambda: parts.get(("part", n), lambda: part(n))))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(most) == 6 and max(most) == 1


def test_nobody_waits_for_a_long_builder_longer_than_the_patience():
    lane, may_end = Lane(patience=0.05), threading.Event()
    memory = Memory(9, lane=lane)
    long = threading.Thread(target=lambda: memory.get("long", lambda: may_end.wait(5)))
    long.start()
    began = time.perf_counter()
    assert memory.get("short", lambda: 7) == 7 and time.perf_counter() - began < 2
    may_end.set()
    long.join(5)
    assert memory.get("next", lambda: 8) == 8  # the lane is free again


def test_a_builder_that_fails_leaves_the_lane():
    memory = Memory(9, lane=Lane(patience=60))
    with pytest.raises(ZeroDivisionError):
        memory.get("x", lambda: 1 / 0)
    done = []
    other = threading.Thread(target=lambda: done.append(memory.get("y", lambda: 1)))
    other.start()
    other.join(5)
    assert done == [1]


def test_the_log_is_read_anew_only_when_it_has_grown(tmp_path, monkeypatch):
    log, readings, readable = tmp_path / "ledger.jsonl", [], ledger.readable
    monkeypatch.setattr(load, "settings", lambda: SimpleNamespace(space_dir=lambda space: tmp_path))
    monkeypatch.setattr(ledger, "readable", lambda path: readings.append(path) or readable(path))
    assert not load.has_reports("official")
    ledger.append(log, "accept", "lan", upload_id="u1")
    assert load.has_reports("official") and load.has_reports("official") and len(readings) == 1
    ledger.append(log, "withdraw", "lan", upload_ids=["u1"])
    assert not load.has_reports("official") and len(readings) == 2
