"""What a process has read or built once, shared by all its readers.

The framework's own caches hash every argument anew and, for data, pickle and unpickle at each call: with eight communes
most of what a page that was built already still costs, with thousands of them more than building. Here a key is a tuple
that Python hashes, and a table is handed out as a shallow copy: pandas copies what somebody writes to.
"""

from __future__ import annotations

import functools
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

import streamlit as st

Made = TypeVar("Made")
PATIENCE_S = 10.0


class _Anchor:
    """Lives in the framework's cache; gone when that was cleared."""


@st.cache_resource(max_entries=1, show_spinner=False)
def _anchor() -> _Anchor:
    return _Anchor()


class Lane:
    """One builder at a time. Python runs one thread at a time anyhow and changes over every few milliseconds: five pages
    built at once are all ready when the last one is, and each costs up to twice the processor; one after the other the
    first is ready in a fifth of the time, and pages that are built already hardly wait."""

    def __init__(self, patience: float = PATIENCE_S) -> None:
        self._lock, self._own, self._patience = threading.Lock(), threading.local(), patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the others, but never longer than the patience: what takes many seconds must not hold up everybody. What
        is built inside of something that is being built belongs to it."""
        if getattr(self._own, "inside", False):
            yield
            return
        alone = self._lock.acquire(timeout=self._patience)
        self._own.inside = True
        try:
            yield
        finally:
            self._own.inside = False
            if alone:
                self._lock.release()


class Memory:
    """The values used last, by key; each is made by one thread while others that want it wait for it. ``entries`` are kept
    at most, and where there is ``room`` only as many as fit into it by their ``size``. Values that take the processor to
    make are made in a ``lane``; what waits for files or locks must not be."""

    def __init__(
        self,
        entries: int,
        room: int | None = None,
        size: Callable[[Any], int] = lambda _: 0,
        lane: Lane | None = None,
    ) -> None:
        self._entries, self._room, self._size = entries, room, size
        self._lane = lane
        self._sizes: dict[Hashable, int] = {}
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.RLock] = {}
        self._lock = threading.Lock()
        self._held: Callable[[], object] = lambda: None

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The value of ``key``, made now if it is not there."""
        if self._held() is None:  # whoever clears the framework's caches means this one too
            self.clear()
            self._held = weakref.ref(_anchor())
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            turn = self._making.setdefault(key, threading.RLock())
        # the lane before the key: whoever holds a key is building, never waiting for a lane
        with self._lane.turn() if self._lane else nullcontext(), turn:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                value = make()
                with self._lock:
                    self._keep(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return value

    def _keep(self, key: Hashable, value: object) -> None:
        """Keep one value more, and let go of those used longest ago."""
        size = self._size(value)
        if self._room is not None and size > self._room:
            return
        self._kept[key], self._sizes[key] = value, size
        while len(self._kept) > self._entries or (
            self._room is not None and sum(self._sizes.values()) > self._room
        ):
            gone, _ = self._kept.popitem(last=False)
            del self._sizes[gone]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._sizes.clear()


def frozen(argument: object) -> Hashable:
    """The argument as part of a key: lists and mappings by what they hold."""
    if isinstance(argument, Mapping):
        return tuple((key, frozen(value)) for key, value in argument.items())
    if isinstance(argument, list):
        return tuple(frozen(item) for item in argument)
    return argument


def kept(
    entries: int, hand_out: Callable[[Made], Made] = lambda value: value, lane: Lane | None = None
) -> Callable[[Callable[..., Made]], Callable[..., Made]]:
    """Read once per arguments. ``hand_out`` makes of what is kept what the caller gets."""

    def wrap(read: Callable[..., Made]) -> Callable[..., Made]:
        memory = Memory(entries, lane=lane)

        @functools.wraps(read)
        def found(*given: Any, **more: Any) -> Made:
            key = (*(frozen(item) for item in given), *((name, frozen(more[name])) for name in sorted(more)))
            return hand_out(memory.get(key, lambda: read(*given, **more)))

        found.clear = memory.clear
        return found

    return wrap
