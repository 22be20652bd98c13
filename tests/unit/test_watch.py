"""Counts and log lines: what they say, and that they never say who."""

import json
import logging

import pytest

from store.errors import AccountError, SnapshotError
from watch import counts, lines

PERSONAL = ("Nguyễn Văn A", "a.nguyen", "10.1.2.3", "bao-cao-xa.xlsx")


@pytest.fixture
def written(capsys):
    """A function that gives everything logged so far, and leaves the loggers as they were."""
    known = ["board", *logging.root.manager.loggerDict]
    before = {
        name: (log.handlers[:], log.propagate, log.level)
        for name in known
        for log in [logging.getLogger(name)]
    }
    silenced = logging.root.manager.disable
    logging.disable(logging.NOTSET)  # another test may have silenced the whole process
    so_far = []

    def read():
        so_far.append(capsys.readouterr().err)
        return "".join(so_far)

    yield read
    logging.disable(silenced)
    for name, (handlers, propagate, level) in before.items():
        log = logging.getLogger(name)
        log.handlers, log.propagate = handlers, propagate
        log.setLevel(level)


@pytest.fixture
def families(monkeypatch):
    """Families of this test alone."""
    monkeypatch.setattr(counts, "FAMILIES", {})


def test_a_histogram_is_cumulative_and_labels_are_escaped(families):
    took = counts.Histogram("took_seconds", "Durations.", ("page",), bounds=(0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 7):
        took.observe(seconds, page='a"b\\c\nd')
    page = 'page="a\\"b\\\\c\\nd"'
    assert counts.text().splitlines() == [
        "# HELP took_seconds Durations.",
        "# TYPE took_seconds histogram",
        f'took_seconds_bucket{{{page},le="0.1"}} 2',
        f'took_seconds_bucket{{{page},le="1.0"}} 3',
        f'took_seconds_bucket{{{page},le="+Inf"}} 4',
        f"took_seconds_sum{{{page}}} 7.65",
        f"took_seconds_count{{{page}}} 4",
    ]


def test_counters_grow_and_measured_ones_are_read_when_asked(families):
    files = counts.Counter("files_total", "Files.", ("outcome",))
    state = {"n": 1}
    counts.Measured("now", "Now.", lambda: [({"space": "demo"}, state["n"])])
    files.add(outcome="fine")
    files.add(2, outcome="fine")
    state["n"] = 5
    assert files.value(outcome="fine") == 3 and files.value(outcome="refused") == 0
    assert 'files_total{outcome="fine"} 3' in counts.text() and 'now{space="demo"} 5' in counts.text()


def test_a_line_is_json_with_what_happened(written):
    lines.set_up("json", "info")
    lines.say(
        "rerun", page="overview", space="demo", snapshot_id="2024-Q4-f8db23c3e83a", ms=12, session="ab12"
    )
    said = json.loads(written())
    assert said.pop("at").endswith("+00:00")
    assert said == {
        "level": "info", "event": "rerun", "page": "overview", "space": "demo",
        "snapshot_id": "2024-Q4-f8db23c3e83a", "ms": 12, "session": "ab12",
    }  # fmt: skip


@pytest.mark.parametrize("form", lines.FORMS)
def test_no_line_names_anybody(written, form):
    lines.set_up(form, "info")
    name, login, address, file = PERSONAL
    error = AccountError("account.exists", name=login, shown=name, file=file, space="demo")
    lines.error(error.code, "12ab", error.details, page="accounts")
    try:
        raise ValueError(f"{name} {address}")
    except ValueError:
        lines.unexpected("34cd", page="upload")
    logging.getLogger("uvicorn.error").info('%s - "WebSocket /_stcore/stream" [accepted]', address)
    found = written()
    assert not [word for word in PERSONAL if word in found], found
    assert "account.exists" in found and "12ab" in found and "demo" in found
    assert "Traceback" in found and "ValueError" in found and "test_watch" in found


def test_an_unexpected_error_speaks_for_itself_when_somebody_looks_for_it(written):
    lines.set_up("json", "debug")
    try:
        raise ValueError("what went wrong")
    except ValueError:
        lines.unexpected("34cd")
    assert "what went wrong" in json.loads(written())["trace"]


def test_levels_leave_lines_out(written):
    lines.set_up("text", "warning")
    lines.say("rerun", page="overview")
    lines.error("snapshot.none", "1", {})
    assert "rerun" not in written() and "snapshot.none" in written()


def test_an_act_is_counted_by_how_it_ended(written):
    lines.set_up("json", "info")

    @lines.counted("try", lambda found: f"gave {found}")
    def act(settings, space, result):
        if result is None:
            raise SnapshotError("snapshot.none", space=space)
        return result

    assert act(None, "demo", 4) == 4
    with pytest.raises(SnapshotError):
        act(None, "demo", None)
    ended = [json.loads(line)["outcome"] for line in written().splitlines()]
    assert ended == ["gave 4", "snapshot.none"]
    assert counts.UPLOADS.value(act="try", outcome="snapshot.none") == 1
