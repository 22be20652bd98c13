"""Log lines: one for each run of a page, each act upon an upload, each error. As text, or as JSON by ``BOARD_LOG=json``.

No line says who: no name, no address, no name of a file. A reader's session has a random name that means nothing outside
the log and ends with it. Of an error stand its code, its number and the facts of ``FACTS``; of an unexpected one its kind
and place, and its own words only at level ``debug``.
"""

from __future__ import annotations

import functools
import json
import logging
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from watch import counts

LOG = logging.getLogger("board")
FORMS, LEVELS = ("text", "json"), ("info", "debug", "warning", "error")
# Facts of an error that say nothing about a person; all others stay out of the log.
FACTS = ("space", "snapshot_id", "page", "value", "reason", "file_kind", "line", "mistakes")
FRAMEWORK = ("uvicorn", "websockets", "streamlit")
Result = TypeVar("Result")


class Form(logging.Formatter):
    """A record -> one line (a traceback in text form: several)."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        counts.LOG_LINES.add(level=record.levelname.lower())
        facts = dict(getattr(record, "facts", {}))
        at = datetime.fromtimestamp(record.created, UTC)
        event = facts.pop("event", record.getMessage())
        trace = _trace(record)
        if self.as_json:
            said = {"at": at.isoformat(timespec="milliseconds"), "level": record.levelname.lower()}
            said |= {"event": event, **facts} | ({"trace": trace} if trace else {})
            return json.dumps(said, ensure_ascii=False, default=str)
        words = " ".join(f"{key}={value}" for key, value in facts.items())
        line = f"{at.astimezone():%Y-%m-%d %H:%M:%S} {record.levelname.lower()} {event} {words}".rstrip()
        return f"{line}\n{trace}" if trace else line


def _trace(record: logging.LogRecord) -> str:
    """Kind and place of an unexpected error; its own words may hold what was typed or sent."""
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    kind, error, where = record.exc_info
    words = f"{kind.__name__}: {error}" if LOG.isEnabledFor(logging.DEBUG) else kind.__name__
    return f"Traceback (most recent call last):\n{''.join(traceback.format_tb(where))}{words}"


def set_up(form: str, level: str) -> None:
    """Write the product's lines, and the framework's warnings, to the error stream in one form. The framework's other
    lines name the addresses of readers, so they are left out whatever the level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Form(form == "json"))
    for name in ["board", *FRAMEWORK, *logging.root.manager.loggerDict]:
        if name == "board" or name.partition(".")[0] in FRAMEWORK:
            log = logging.getLogger(name)
            log.handlers, log.propagate = [handler], False
            log.setLevel(level.upper() if name == "board" else logging.WARNING)


def say(event: str, level: int = logging.INFO, **facts: object) -> None:
    """Write a line about something that happened."""
    LOG.log(level, event, extra={"facts": {"event": event, **facts}})


def error(code: str, number: str, details: Mapping[str, object], **facts: object) -> None:
    """Write a line about an error of the product's own that a person was told of under ``number``."""
    counts.ERRORS.add(code=code)
    known = {key: value for key, value in details.items() if key in FACTS}
    say("error", logging.ERROR, code=code, number=number, **facts, **known)


def unexpected(number: str, **facts: object) -> None:
    """Write a line about the exception being handled."""
    counts.ERRORS.add(code="unknown")
    facts = {"event": "error", "code": "unknown", "number": number, **facts}
    LOG.exception("error", extra={"facts": facts})


def counted(
    act: str, outcome: Callable[[Any], str] = lambda result: "done"
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Count and log an act upon uploads: function of (settings, space, ...). How it ended: ``outcome`` of the result, or
    the code of the error."""

    def wrap(do: Callable[..., Result]) -> Callable[..., Result]:
        @functools.wraps(do)
        def done(settings: Any, space: str, *given: Any, **more: Any) -> Result:
            begin, ended = time.perf_counter(), "failed"
            try:
                result = do(settings, space, *given, **more)
                ended = outcome(result)
                return result
            except Exception as found:
                ended = getattr(found, "code", "failed")
                raise
            finally:
                counts.UPLOADS.add(act=act, outcome=ended)
                took = round((time.perf_counter() - begin) * 1000)
                say("upload", act=act, outcome=ended, space=space, ms=took)

        return done

    return wrap
