"""A piece of work in a process of its own that shares nothing with this one afterwards but a pipe. Not on Windows."""

import json
import os
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import Any

_pipe = -1  # in a child: where its answers go


def answer(said: Any) -> None:
    """In a child: one line to who forked it."""
    text = json.dumps(asdict(said) if is_dataclass(said) else said)
    os.write(_pipe, text.encode() + b"\n")


class Child:
    """The other end."""

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid, self._status = pid, None
        self._lines, self._said = os.fdopen(pipe, "rb"), b""

    def expect(self, said: str) -> None:
        """Wait for a word."""
        line = self._lines.readline()
        assert line and json.loads(line) == said, f"a child ended before it was {said}"

    def result(self) -> Any:
        """What the work gives; RuntimeError when it raised (the child wrote why) or was killed."""
        if not self._lines.closed:
            self._said = self._lines.readline()
        if self.status() or not self._said:
            raise RuntimeError(f"a child ended with {self.status()}")
        return json.loads(self._said)

    def kill_after(self, seconds: float) -> None:
        """SIGKILL in a while, unless it has ended by then."""
        if not select.select([self._lines], [], [], seconds)[0]:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, wherever it is."""
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)

    def ended_by_kill(self) -> bool:
        """Wait for its end: True for a kill, False when the work was done before; RuntimeError when it raised."""
        if os.WIFSIGNALED(self.status()) and os.WTERMSIG(self.status()) == signal.SIGKILL:
            return True
        if self.status():
            raise RuntimeError(f"a child ended with {self.status()}")
        return False

    def status(self) -> int:
        """As ``os.waitpid`` gives it; waits."""
        if self._status is None:
            self._status = os.waitpid(self.pid, 0)[1]
        return self._status

    def close(self) -> None:
        """Nothing may be left running."""
        if self._lines.closed:
            return
        self.kill()
        self.status()
        self._said = self._said or self._lines.readline()
        self._lines.close()


def fork(work: Callable[..., Any], *given: Any) -> Child:
    """Start ``work``; its result is its last answer."""
    global _pipe
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(pid, reading)
    code = 1
    try:
        os.close(reading)
        _pipe = writing
        answer(work(*given))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # nothing of the parent's is to be cleaned up here


@contextmanager
def forked(work: Callable[..., Any], *given: Any) -> Iterator[Child]:
    """``fork`` that ends with the block."""
    child = fork(work, *given)
    try:
        yield child
    finally:
        child.close()
