"""One of several servers as people use it: what is sent here is published there, and what a reader sees without the store."""

from dataclasses import replace

import pytest

from etl import desk, follow, migrate, replica
from store import postgres
from store.errors import StoreError
from store.settings import FILES
from store.snapshot import current_id
from tests.pages import office, visit
from tests.pages.office import PAY, at_work, button, drop, press, words

GOOD = office.csv(f"Phường Sông Cầu,{PAY},2024-Q4,307,911,,")


@pytest.fixture
def server(office_of, cluster, monkeypatch):
    """An office that was moved into the shared store; following is done where the test says so."""
    cluster.empty()
    monkeypatch.setattr(postgres, "ASLEEP_SECONDS", 0.0)
    monkeypatch.setattr(follow, "start", lambda settings: None)
    settings = office_of(BOARD_STORE=cluster.url, BOARD_SECOND_PERSON="1")
    office.hire(replace(settings, store=FILES))
    migrate.to_postgresql(settings)
    yield settings
    if cluster.process.poll() is not None:
        cluster.start()


def test_a_file_s_way_over_two_servers_and_a_store_that_fails(server, cluster):
    other = replace(server, runtime_dir=server.runtime_dir.with_name("other"))
    before = current_id(server, "official")
    at = drop(at_work("upload", "songcau"), ("tep.csv", GOOD))
    press(at, words(at, "upload.send"))
    assert [item.value for item in at.error] == []
    replica.follow(other, "official")
    (waiting,) = [item for item in desk.submissions(other, "official") if item.state == desk.WAITING]
    published = desk.accept(other, "official", [waiting.id], office.PEOPLE["thamdinh"])
    assert (
        visit.go(visit.start(lang="vi", space="official"), "indicator")
        and current_id(server, "official") == before
    )
    follow.look(server)
    assert current_id(server, "official") == published

    for language in sorted(visit.TEXTS):
        at = at_work("publish", "thamdinh", language)
        assert visit.read(at).problems == []
        cluster.stop()
        with pytest.raises(StoreError, match=r"store\.unreachable"):
            follow.look(server)
        follow._tell(server, StoreError("store.unreachable"))
        said = visit.TEXTS[language]["behind.unreachable"].split("{at}")[1]
        assert said in visit.read(at.run()).text, "who was signed in still is, and is told"
        shown = visit.read(visit.go(visit.start(lang=language, space="official", indicator=PAY), "indicator"))
        assert shown.problems == [] and published in shown.text and said not in shown.text
        at = visit.go(visit.start(lang=language, space="official"), "upload")
        office.sign_in(at, "songcau")
        assert [item.value for item in at.error] == [visit.TEXTS[language]["error.store.unreachable"]]
        assert button(at, words(at, "signin.button")) is not None
        cluster.start()
        follow.look(server)
