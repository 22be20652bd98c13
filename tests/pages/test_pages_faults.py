"""What readers and officials see when something beneath the pages is broken: the last good state, and a plain sentence."""

import errno
import inspect
import os
import shutil
from dataclasses import replace

import pytest

from etl import commit
from store import ledger, passwords
from store.snapshot import current_id, is_whole, pointer_path, snapshot_path
from tests.pages import office, visit
from tests.pages.office import PAY, at_work, drop, press, words
from tests.pages.test_pages_desk import fill, send
from views import load, signin, standby
from views.memory import Memory

GOOD = "Phường Sông Cầu,{pay},2024-Q4,{n},911,,"


@pytest.fixture(scope="module")
def twice(built, tmp_path_factory):
    """An office with two publications of official figures: (settings, the earlier, the later snapshot)."""
    folder = tmp_path_factory.mktemp("twice") / "runtime"
    shutil.copytree(built.runtime_dir, folder)
    settings, made = replace(built, runtime_dir=folder), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", office.CHEAP)
        office.hire(settings, "quantri", "songcau")
    for count in (307, 308):
        send(settings, "songcau", office.csv(GOOD.format(pay=PAY, n=count)))
        made.append(current_id(settings, "official"))
    return settings, *made


@pytest.fixture
def place(twice, tmp_path, monkeypatch):
    """A copy of it that may be damaged."""
    settings, *made = twice
    shutil.copytree(settings.runtime_dir, tmp_path / "runtime")
    monkeypatch.setenv("BOARD_RUNTIME", str(tmp_path / "runtime"))
    monkeypatch.setattr(passwords, "HASHER", office.CHEAP)
    monkeypatch.setattr(signin, "_kept", lambda: "")
    office.forget()
    standby._SPOILED.clear()
    yield replace(settings, runtime_dir=tmp_path / "runtime"), *made
    standby._SPOILED.clear()
    office.forget()


def page(language="vi", name="indicator"):
    return visit.read(visit.go(visit.start(lang=language, space="official", indicator=PAY), name))


def said(language, key, **facts):
    return visit.TEXTS[language][key].format(**facts)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_lost_snapshot_gives_way_to_the_one_before_it_aloud(place, language):
    settings, earlier, later = place
    path = snapshot_path(settings, "official", later)
    path.rename(path.with_suffix(".away"))
    shown = page(language)
    assert said(language, "ribbon.standby", published=later, snapshot=earlier) in shown.text
    assert shown.problems == [] and earlier in shown.text.split("doctor", 1)[1], (
        "the source names what is shown"
    )
    alone = visit.go(visit.start(lang=language, space="official", indicator=PAY, only="chart"), "indicator")
    assert "standby" in visit.read(alone).panels, "inside another page too"
    path.with_suffix(".away").rename(path)
    shown = page(language)
    assert later in shown.text and earlier not in shown.text, "once it is back it is shown again"


def test_a_snapshot_spoiled_in_its_midst_is_found_out_while_it_is_read(place, monkeypatch):
    settings, earlier, later = place
    path = snapshot_path(settings, "official", later)
    assert later in page().text  # its definitions are known by now, its figures are asked for again
    known = (load.catalogue, load.meta, load.groups)
    kept = [item for item in vars(load).values() if isinstance(item, Memory) or inspect.isfunction(item)]
    for read in kept:
        if hasattr(read, "clear") and read not in known:
            read.clear()
    spoiled = bytearray(path.read_bytes())
    for start in range(len(spoiled) // 3, len(spoiled) - 4096, 4096):
        spoiled[start : start + 512] = b"\xff" * 512
    path.write_bytes(spoiled)
    looked = []
    monkeypatch.setattr(standby, "is_whole", lambda path: looked.append(path) or is_whole(path))
    assert said("vi", "ribbon.standby", published=later, snapshot=earlier) in page().text
    assert looked == [path], "found out once, while it was read, and remembered"
    path.write_bytes(b"")
    assert said("vi", "ribbon.standby", published=later, snapshot=earlier) in page().text


def test_where_nothing_whole_is_left_one_sentence_says_what_to_do(place):
    settings, *_ = place
    for path in (settings.space_dir("official") / "snapshots").glob("*.duckdb"):
        path.write_bytes(b"")
    office.forget()
    for language in ("vi", "en"):
        at = visit.go(visit.start(lang=language, space="official"), "indicator")
        (error,) = at.error
        assert error.value.startswith(visit.TEXTS[language]["error.snapshot.unreadable"].split("(")[0])
        assert "Traceback" not in error.value and ".duckdb" not in error.value


def test_a_spoiled_pointer_gives_way_to_the_log_aloud_and_the_next_writing_mends_it(place):
    settings, _, later = place
    path = pointer_path(settings, "official")
    for pointer in (b"", b"\xff\xfe", b"../../etc 1\n", b"2024-Q4-0123456789ab x\n"):
        path.write_bytes(pointer)
        assert standby.shown(settings, "official") == (later, "")
        with commit.space_lock(settings, "official"):
            pass
        assert current_id(settings, "official") == later
    path.unlink()
    for language in ("vi", "en"):
        assert said(language, "ribbon.standby_lost", snapshot=later) in page(language).text
    with commit.space_lock(settings, "official"):
        pass
    assert "doctor" not in page().text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_spoiled_log_hides_no_figure_and_takes_no_file(place, language):
    settings, _, later = place
    path = commit.ledger_path(settings, "official")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"{spoiled\n", *lines[2:]]))
    shown = page(language)
    assert shown.problems == [] and later in shown.text
    assert page(language, "map").problems == []
    visited = visit.read(visit.go(visit.start(lang=language, indicator=PAY), "indicator"))
    assert later in visited.text, "official figures stay what is opened first"
    at = drop(at_work("upload", "songcau", language), ("tep.csv", office.csv(GOOD.format(pay=PAY, n=309))))
    told = [item.value for item in at.error]
    assert any(said(language, "error.ledger.broken", line=2) in text for text in told), told
    assert path.read_bytes().splitlines()[1] == b"{spoiled"


def test_a_disk_that_refuses_is_told_to_who_sends_and_the_board_stays(place, monkeypatch):
    settings, _, later = place
    before = ledger.read(commit.ledger_path(settings, "official"))
    refusals = (("vi", errno.ENOSPC, "full"), ("en", errno.EROFS, "refused"))
    for language, number, code in refusals:
        at = drop(at_work("upload", "songcau", language), ("t.csv", office.csv(GOOD.format(pay=PAY, n=309))))
        at = fill(at)
        with monkeypatch.context() as patch:

            def refuse(_: int, number: int = number) -> None:
                raise OSError(number, os.strerror(number))

            patch.setattr(commit.os, "fsync", refuse)
            press(at, words(at, "upload.send"))
        assert [item.value for item in at.error] == [visit.TEXTS[language][f"error.disk.{code}"]]
        assert later in page(language).text
    assert ledger.read(commit.ledger_path(settings, "official")) == before
