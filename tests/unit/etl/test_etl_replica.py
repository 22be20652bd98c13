"""Several servers: each shows one whole state, the old or the new; one writer; what a kill or a failing store leaves."""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from etl import cli, commit, desk, follow, keep, migrate, publish, replica
from etl.boundaries import folder
from etl.build import build
from store import accounts, books, boundaries, citations, ledger, mirror, postgres, sessions, shows
from store.access import ADMINISTRATOR, User
from store.errors import BoardError, SettingsError, StoreError, SubmissionError
from store.settings import FILES, Settings, read_settings
from store.snapshot import current_id
from tests import builders
from tests.benchmark import publish_under_load
from tests.cluster import Cluster

TODAY = date(2025, 6, 1)
SPACE = "official"
TEN = builders.rows("01837,pay_rate,2024-Q1,10,100,,")
TWELVE = builders.rows("01837,pay_rate,2024-Q1,12,100,,")
OTHER = builders.rows("02017,pay_rate,2024-Q1,5,100,,")
HOST = User("máy chủ", ADMINISTRATOR)
PASSWORD = "mật khẩu đủ dài"


@pytest.fixture
def office(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """One of two servers; see ``beside``."""
    cluster.empty()
    monkeypatch.setattr(builders, "STORE", cluster.url)
    monkeypatch.setattr(postgres, "ASLEEP_SECONDS", 0.0)
    return builders.settings(tmp_path)


def beside(settings: Settings, name: str = "second") -> Settings:
    """Another server: a runtime folder of its own, the same store and definitions."""
    return replace(settings, runtime_dir=settings.runtime_dir.with_name(name))


def _load(settings: Settings, data: bytes) -> str:
    return publish.load_bytes(settings, SPACE, [("tep.csv", data)], builders.LAN, TODAY)[0].snapshot_id


def _submit(settings: Settings, data: bytes) -> str:
    proposal = desk.propose(settings, SPACE, [("tep.csv", data)], builders.LAN, on=TODAY)
    sent = desk.submit(
        settings, SPACE, [("tep.csv", data)], builders.LAN, seen=proposal.changes.digest,
        acknowledged=proposal.warnings, note="đính chính", on=TODAY,
    )  # fmt: skip
    return sent[0].id


def _values(settings: Settings) -> dict[str, float]:
    frame = publish.published_figures(settings, SPACE)
    return dict(zip(frame["area_id"].str[:5], frame["value"], strict=True))


def _lines(settings: Settings) -> bytes:
    path = commit.ledger_path(settings, SPACE)
    return path.read_bytes() if path.exists() else b""


def _code(act, *arguments, **named) -> str:
    with pytest.raises(BoardError) as refused:
        act(*arguments, **named)
    return refused.value.code


# ---------------------------------------------------------------- one state, on every server


def test_what_one_server_publishes_another_shows_to_the_letter(office: Settings) -> None:
    other = beside(office)
    first = _load(office, TEN)
    assert publish.published_id(other, SPACE) == ""
    assert replica.follow(other, SPACE)
    assert current_id(other, SPACE) == first and _values(other) == {"01837": 10.0}
    assert _lines(other) == _lines(office) and keep.verify_log(other, SPACE)[0] == "whole"
    second = _load(other, TWELVE)
    assert current_id(office, SPACE) == first, "until it follows it shows the state before"
    assert replica.follow(office, SPACE) and not replica.follow(office, SPACE)
    assert current_id(office, SPACE) == second and _values(office) == {"01837": 12.0}
    for name in commit.accepted_folders(office, SPACE).values():
        here, there = (commit.upload_dir(item, SPACE, name) for item in (office, other))
        assert builders.everything_below(here) == builders.everything_below(there)


def test_a_server_that_lags_is_whole_at_every_step(office: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    other = beside(office)
    _load(office, TEN)
    replica.follow(other, SPACE)
    before = _lines(other), current_id(other, SPACE)
    _load(office, TWELVE)
    for step in ("_fetch", "obtain"):  # the bytes, then the snapshot: neither can be seen yet
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(replica, step, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            replica.follow(other, SPACE)
        assert (_lines(other), current_id(other, SPACE)) == before
        assert keep.verify_log(other, SPACE)[0] == "whole" and _values(other) == {"01837": 10.0}
    with (
        monkeypatch.context() as patch,
        pytest.raises(KeyboardInterrupt),
    ):  # the log is there, the pointer not
        patch.setattr(replica, "point_to", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        replica.follow(other, SPACE)
    assert current_id(other, SPACE) == before[1] and keep.verify_log(other, SPACE)[0] == "whole"
    with commit.space_lock(other, SPACE):  # whoever locks next finishes it
        assert _values(other) == {"01837": 12.0}


def test_who_writes_has_caught_up_and_goes_back_to_what_another_published(office: Settings) -> None:
    other = beside(office)
    first = _load(office, TEN)
    _load(other, OTHER)
    assert _values(other) == {"01837": 10.0, "02017": 5.0}, "the other server's file counts as well"
    assert publish.rollback(office, SPACE, builders.HOA) == first
    replica.follow(other, SPACE)
    assert current_id(other, SPACE) == first and commit.accepted_ids(other, SPACE) == commit.accepted_ids(
        office, SPACE
    )


def test_two_who_decide_at_once_decide_once(office: Settings) -> None:
    servers = [replace(item, second_person=True) for item in (office, beside(office))]
    publish.refresh(servers[0], SPACE)
    publish.refresh(servers[1], SPACE)
    name = _submit(servers[0], TEN)
    outcomes: list[str] = []

    def decide(settings: Settings) -> None:
        try:
            desk.accept(settings, SPACE, [name], builders.HOA, on=TODAY)
            outcomes.append("accepted")
        except SubmissionError as error:
            outcomes.append(error.code)

    deciders = [threading.Thread(target=decide, args=(item,)) for item in servers]
    replica.follow(servers[1], SPACE)
    for one in deciders:
        one.start()
    for one in deciders:
        one.join(120)
    assert sorted(outcomes) == ["accepted", "desk.not_waiting"]
    assert [entry["act"] for entry in ledger.read(commit.ledger_path(servers[0], SPACE))].count("accept") == 1


def test_a_pruned_snapshot_goes_everywhere_and_a_cited_one_nowhere(office: Settings) -> None:
    other = beside(office)
    ids = []
    for data in (TEN, TWELVE, OTHER):
        ids.append(_load(office, data))
        replica.follow(other, SPACE)
    cited = citations.cite(office, None, SPACE, ids[0], "change", {"after": "2024-Q1"}, "vi")
    assert citations.find(other, cited.code) == cited, "a code works everywhere at once"
    assert keep.prune(office, SPACE, 1, builders.HOA) == [ids[1]]
    replica.follow(other, SPACE)
    assert sorted(path.stem for path in (other.space_dir(SPACE) / "snapshots").glob("*.duckdb")) == sorted(
        [ids[0], ids[2]]
    )


def test_shows_are_saved_for_every_server(office: Settings) -> None:
    other = beside(office)
    shows.save(office, SPACE, None, "Hội nghị", shows.Plan(advance=20), accounts=False)
    follow.look(other)
    assert [item.plan.advance for item in shows.saved(other, SPACE)] == [20]
    (copy,) = shows.folder(other, SPACE).glob("*.json")
    copy.write_bytes(b"\xff")  # a copy that was spoiled is brought again with the next change
    shows.save(office, SPACE, None, "Giao ban", shows.Plan(advance=10), accounts=False)
    follow.look(other)
    assert [item.plan.advance for item in shows.saved(other, SPACE)] == [10, 20]
    shows.delete(other, SPACE, None, "Giao ban", accounts=False)
    shows.delete(other, SPACE, None, "Hội nghị", accounts=False)
    follow.look(office)
    assert shows.saved(office, SPACE) == []


def test_a_server_follows_by_itself_and_stops_when_told(office: Settings) -> None:
    other = beside(office)
    follow.start(other)
    follow.start(other)
    try:
        wanted = _load(office, TEN)
        ends = time.monotonic() + 60
        while publish.published_id(other, SPACE) != wanted and time.monotonic() < ends:
            time.sleep(0.05)
        assert current_id(other, SPACE) == wanted and _values(other) == {"01837": 10.0}
        assert [one.name for one in threading.enumerate()].count("follow") == 1
    finally:
        follow.stop(other)
    assert "follow" not in [one.name for one in threading.enumerate()]


def test_under_load_every_request_sees_one_publication(tmp_path: Path, cluster: Cluster) -> None:
    cluster.empty()
    said, mistakes = publish_under_load.functions_part(tmp_path, cluster.url, 2, servers=2, readers=2)
    assert mistakes == [], said


def test_imported_boundaries_come_with_their_line(office: Settings) -> None:
    other = beside(office)
    _load(office, TEN)
    replica.follow(other, SPACE)
    version = "0123456789abcdef"
    facts = {"version": version, "level": "commune", "vintage": "2024-06-30", "source": "x", "licence": "y"}
    folder.place(office, version, {"all-400": b"{}"}, {boundaries.META: json.dumps(facts).encode()})
    with replica.writing(office, SPACE):
        books.books(office).keep(SPACE, boundaries.folder(office, version), boundaries.SHELF)
        boundaries.stand(office, [version])
        publish.turn(
            office,
            SPACE,
            build(office, SPACE),
            builders.HOA,
            [("boundaries", {"version": version, "replaces": []})],
        )
    assert replica.follow(other, SPACE) and current_id(other, SPACE) == current_id(office, SPACE)
    assert boundaries.standing(other) == [facts]
    here, there = (builders.everything_below(boundaries.folder(item, version)) for item in (office, other))
    assert here == there
    _load(other, TWELVE)  # and so both have the same edition again
    assert _values(other) == {"01837": 12.0}


# ---------------------------------------------------------------- other definitions


def test_a_server_with_other_definitions_shows_what_it_has_and_writes_nothing(
    office: Settings, tmp_path: Path
) -> None:
    old = _load(office, TEN)
    other = beside(office)
    replica.follow(other, SPACE)
    other = replace(other, reference_dir=tmp_path / "newer")
    for name, text in builders.definition_texts().items():
        path = other.reference_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace('mean = "arithmetic"', 'mean = "geometric"'), encoding="utf-8")
    assert _code(_load, other, TWELVE) == "store.edition"
    assert _code(publish.refresh, other, SPACE) == "store.edition"
    new = _load(office, TWELVE)
    follow.look(other)
    assert mirror.trouble(other).code == "store.edition" and current_id(other, SPACE) == old
    assert keep.verify_log(other, SPACE)[0] == "whole"
    # Updated on purpose: from now on the others are those that differ, and they show what they had.
    adopted = publish.adopt(other, SPACE, builders.HOA)
    assert adopted not in (old, new) and _values(other) == {"01837": 12.0}
    assert _code(_load, office, OTHER) == "store.edition" and current_id(office, SPACE) == new
    # The snapshot of the earlier program is kept in bytes once somebody goes back to it.
    assert _code(publish.publish, other, SPACE, "2024-Q1-0123456789ab", builders.HOA) == "snapshot.unknown"
    assert publish.publish(other, SPACE, old, builders.HOA)
    third = replace(beside(other, "third"))
    replica.follow(third, SPACE)
    assert current_id(third, SPACE) == old and _values(third) == {"01837": 10.0}
    assert keep.verify_log(third, SPACE)[0] == "whole"


def test_a_folder_that_is_no_copy_is_left_alone(office: Settings) -> None:
    _load(office, TEN)
    stranger = replace(beside(office), store=FILES)
    _load(stranger, TWELVE)
    before = builders.everything_below(stranger.runtime_dir)
    stranger = replace(stranger, store=office.store)
    assert _code(replica.follow, stranger, SPACE) == "store.other_copy"
    assert _code(_load, stranger, OTHER) == "store.other_copy"
    after = builders.everything_below(stranger.runtime_dir)
    assert {name: data for name, data in after.items() if name in before} == before


# ---------------------------------------------------------------- kills and failures


@pytest.fixture
def failing(cluster: Cluster) -> Iterator[Cluster]:
    """A store that the test stops; it runs again afterwards."""
    yield cluster
    if cluster.process.poll() is not None:
        cluster.start()


def test_without_the_store_the_last_state_is_shown_and_nothing_is_written(
    office: Settings, failing: Cluster
) -> None:
    accounts.add(office, HOST, "quan.tri", "", ADMINISTRATOR, (), PASSWORD)
    token = sessions.sign_in(office, "quan.tri", PASSWORD)
    assert sessions.session(office, token).name == "quan.tri"
    first = _load(office, TEN)
    failing.stop()
    assert current_id(office, SPACE) == first and _values(office) == {"01837": 10.0}
    assert desk.submissions(office, SPACE)[0].state == desk.ACCEPTED
    assert sessions.session(office, token).name == "quan.tri", "who reads goes on reading"
    assert accounts.exists(office)
    before = builders.everything_below(office.runtime_dir)
    assert _code(_load, office, TWELVE) == "store.unreachable"
    assert _code(sessions.sign_in, office, "quan.tri", PASSWORD) == "store.unreachable"
    assert _code(shows.save, office, SPACE, HOST, "A", shows.Plan(), accounts=True) == "store.unreachable"
    assert _code(citations.cite, office, None, SPACE, first, "change", {}, "vi") == "store.unreachable"
    assert _code(follow.look, office) == "store.unreachable"
    assert publish.refresh(office, SPACE) == (first, False), "a machine that starts now shows what it has"
    assert _code(publish.refresh, beside(office), SPACE) == "store.unreachable", "and a new one has nothing"
    changed = builders.everything_below(office.runtime_dir)
    assert {name: changed[name] for name in before} == before
    failing.start()
    follow.look(office)
    assert mirror.trouble(office).code == ""
    _load(office, TWELVE)
    assert _values(office) == {"01837": 12.0}


def test_a_store_killed_between_writing_and_confirming_leaves_the_state_before(
    office: Settings, failing: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, whole = _load(office, TEN), books.write

    def then_power_fails(*given: object) -> None:
        whole(*given)
        failing.stop()

    with monkeypatch.context() as patch:
        patch.setattr(books, "write", then_power_fails)
        patch.setattr(books, "ASK_AGAIN", (0.05,))
        assert _code(_load, office, TWELVE) == "store.unsure"
    assert current_id(office, SPACE) == first and keep.verify_log(office, SPACE)[0] == "whole"
    failing.start()
    assert not replica.follow(office, SPACE)
    assert migrate.checked(office)[0] == ("good", "store_log_whole", {"book": SPACE, "line": 2})
    _load(office, TWELVE)
    assert _values(office) == {"01837": 12.0}


def test_an_answer_that_was_lost_is_asked_for_again(
    office: Settings, failing: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    whole = books.append

    def answer_is_lost(*given: object) -> None:
        whole(*given)
        failing.stop()
        failing.start()
        raise psycopg.OperationalError("connection lost")

    with monkeypatch.context() as patch:
        patch.setattr(books, "append", answer_is_lost)
        second = _load(office, TWELVE)
    assert current_id(office, SPACE) == second and keep.verify_log(office, SPACE) == ("whole", 2)
    other = beside(office)
    replica.follow(other, SPACE)
    assert _lines(other) == _lines(office)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_killed_holder_of_the_lock_keeps_nobody_out(
    office: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.benchmark.forked import answer, forked

    first = _load(office, TEN)

    def hold() -> None:
        monkeypatch.setattr(ledger, "extend", lambda *_: (answer("written"), signal.pause()))
        _load(office, TWELVE)  # is in the store, and not in this server's copy

    with forked(hold) as child:
        child.expect("written")
        child.kill()
        assert child.ended_by_kill()
    assert current_id(office, SPACE) == first and keep.verify_log(office, SPACE)[0] == "whole"
    other = beside(office)
    _load(other, OTHER)
    assert _values(other) == {"01837": 12.0, "02017": 5.0}, "what was confirmed counts"
    replica.follow(office, SPACE)
    assert _lines(office) == _lines(other) and _values(office) == _values(other)


# ---------------------------------------------------------------- what PostgreSQL keeps


def test_a_log_in_the_store_can_only_grow_by_what_follows(office: Settings) -> None:
    import psycopg

    _load(office, TEN)
    with psycopg.connect(office.store, autocommit=True) as db:
        for statement in ("UPDATE board.line SET body = ''", "DELETE FROM board.line"):
            with pytest.raises(psycopg.errors.RaiseException):
                db.execute(statement)
        for number, previous in ((3, "1" * 64), (9, "1" * 64), (1, "0" * 64)):
            with pytest.raises(psycopg.errors.IntegrityError):
                db.execute(
                    "INSERT INTO board.line (book, number, previous, hash, body) VALUES (%s, %s, %s, %s, '{}')",
                    (SPACE, number, previous, "2" * 64),
                )
    path = commit.ledger_path(office, SPACE)
    with replica.writing(office, SPACE):
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1]))
        late = books.books(office).append
        assert _code(late, SPACE, path, "Lan", [("return", {"folder": "x"})]) == "store.refused"
    assert _code(books.books(office).append, SPACE, path, "Lan", [("return", {})]) == "store.refused"


def test_large_bytes_come_back_and_spoiled_ones_do_not(office: Settings, tmp_path: Path) -> None:
    data = os.urandom(2 * books.PIECE_BYTES + 5)
    (tmp_path / "large").write_bytes(data)
    (tmp_path / "empty").touch()
    with postgres.server(office).connection() as db:
        with db.transaction():
            name, nothing = (books.put(db, tmp_path / item) for item in ("large", "empty"))
            assert books.put(db, tmp_path / "large") == name
        books.get(db, name, tmp_path / "back")
        books.get(db, nothing, tmp_path / "nothing")
        assert (tmp_path / "back").read_bytes() == data and (tmp_path / "nothing").read_bytes() == b""
        assert db.execute("SELECT count(*) FROM piece").fetchone()[0] == 3
        db.execute("DELETE FROM piece WHERE number = 1")
        assert not books.is_whole(db, [name])
        assert _code(books.get, db, name, tmp_path / "back") == "store.spoiled"


def test_moving_there_and_back_loses_nothing(
    office: Settings, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    alone = replace(office, store=FILES)
    accounts.add(alone, HOST, "quan.tri", "Anh Quản", ADMINISTRATOR, (), PASSWORD)
    token = sessions.sign_in(alone, "quan.tri", PASSWORD)
    first = _load(alone, TEN)
    _load(alone, TWELVE)
    cited = citations.cite(alone, None, SPACE, first, "change", {}, "vi")
    shows.save(alone, SPACE, HOST, "Hội nghị", shows.Plan(), accounts=True)
    before = _lines(alone)
    monkeypatch.setenv("BOARD_DATA", str(office.reference_dir.parent))
    monkeypatch.setenv("BOARD_RUNTIME", str(office.runtime_dir))
    assert cli.main(["store", "check"]) == 1 and "BOARD_STORE" in capsys.readouterr().err
    monkeypatch.setenv("BOARD_STORE", office.store)
    assert cli.main(["store", "migrate", "--to", "postgresql"]) == 0, capsys.readouterr().err
    assert cli.main(["store", "migrate", "--to", "postgresql"]) == 1, "only into an empty one"
    assert cli.main(["store", "check"]) == 0
    other = beside(office)
    follow.look(other)
    assert _lines(other) == before and _values(other) == {"01837": 12.0}
    assert sessions.session(other, token).name == "quan.tri"
    assert citations.find(other, cited.code) == cited and shows.saved(other, SPACE)
    last = _load(other, OTHER)
    sessions.change_password(other, "quan.tri", PASSWORD, PASSWORD * 2)
    assert cli.main(["store", "migrate", "--to", "files"]) == 0, capsys.readouterr().err
    assert current_id(alone, SPACE) == last and keep.verify_log(alone, SPACE)[0] == "whole"
    assert sessions.verify(alone, "quan.tri", PASSWORD * 2).display == "Anh Quản"
    assert [path.name for path in office.runtime_dir.glob("*.before")], "what was there keeps another name"


# ---------------------------------------------------------------- the address is a secret


def test_the_address_is_never_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys, monkeypatch
) -> None:
    secret = "rat-bi-mat"
    url = f"postgresql://board:{secret}@127.0.0.1:1/board"
    (tmp_path / "address").write_text(url + "\n", encoding="utf-8")
    settings = read_settings({"BOARD_STORE_FILE": str(tmp_path / "address"), "BOARD_RUNTIME": str(tmp_path)})
    assert settings.store == url and secret not in repr(settings) and secret not in str(settings)
    assert secret not in repr(postgres.server(settings))
    with caplog.at_level(logging.DEBUG), pytest.raises(StoreError) as gone:
        follow.look(settings)
    said = [str(gone.value), repr(gone.value.__cause__), caplog.text]
    for name, value in (
        ("BOARD_STORE", url + " x"),
        ("BOARD_STORE", f"mysql://{secret}"),
        ("BOARD_STORE_FILE", "x"),
    ):
        with pytest.raises(SettingsError) as wrong:
            read_settings({name: value})
        said.append(str(wrong.value))
    said.append(_code(read_settings, {"BOARD_STORE": url, "BOARD_STORE_FILE": "x"}))
    broken = replace(settings, store=f"postgresql://board:{secret}@[::1/board?wrong={secret}")
    said.append(_code(replica.follow, broken, SPACE))
    monkeypatch.setenv("BOARD_STORE", url)
    assert cli.main(["store", "check"]) == 1
    caught = capsys.readouterr()
    assert not any(secret in text for text in (*said, caught.out, caught.err))


def test_nothing_follows_where_there_is_one_machine(tmp_path: Path) -> None:
    settings = builders.settings(tmp_path)
    assert not settings.is_shared and not replica.follow(settings, SPACE)
    follow.start(settings)
    assert not [one for one in threading.enumerate() if one.name == "follow"]
    assert mirror.trouble(settings) == mirror.Trouble()
