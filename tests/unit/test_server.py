"""The addresses beside the pages, and the two habits of the framework that are put right."""

import asyncio
import json
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from starlette.requests import Request

from server import health, measures, routes, upkeep
from store.snapshot import point_to, pointer_path, snapshot_path
from views import load
from watch import counts


def alone(work):
    """What a coroutine gives, in a thread of its own: another test of this process may keep a loop running here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def request(client="127.0.0.1", **headers):
    """A GET from an address."""
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": named, "client": (client, 5000)})


@pytest.fixture
def place(built, tmp_path, monkeypatch):
    """A copy of an installation that may be damaged; ``answer()`` asks whether it is ready."""
    shutil.copytree(built.runtime_dir, tmp_path / "runtime")
    settings = replace(built, runtime_dir=tmp_path / "runtime")
    monkeypatch.setattr(load, "settings", lambda: settings)
    monkeypatch.setattr(health, "FRESH_S", 0)
    load.snapshot.clear()
    load.catalogue.clear()
    yield settings
    load.snapshot.clear()
    load.catalogue.clear()


def answer():
    """(status, reasons) of ``/readyz``."""
    found = health.readyz(request())
    return found.status_code, json.loads(found.body)["reasons"]


def test_every_address_is_there():
    assert {route.path for route in routes.ROUTES} >= {"/healthz", "/readyz", "/metrics"}
    assert alone(health.healthz(request())).status_code == 200


def test_an_installation_with_what_it_published_is_ready(place):
    assert answer() == (200, [])


def test_without_anything_published_it_is_not(place):
    shutil.rmtree(place.runtime_dir / "official")
    shutil.rmtree(place.runtime_dir / "demo")
    assert answer() == (503, [{"code": "snapshot.none"}])


def test_a_pointer_to_nothing_and_a_spoiled_snapshot_are_told_without_paths(place):
    pointer_path(place, "demo").write_text("2024-Q4-000000000000 0\n")
    assert answer() == (503, [{"space": "demo", "code": "snapshot.unknown"}])
    spoiled = snapshot_path(place, "official", "2099-000000000000")
    spoiled.write_bytes(b"no database")
    point_to(place, "official", spoiled.stem)
    pointer_path(place, "demo").unlink()
    status, reasons = answer()
    assert status == 503
    assert reasons == [
        {"space": "official", "code": "snapshot.unreadable"},
        {"space": "demo", "code": "snapshot.none"},
    ]
    assert str(place.runtime_dir) not in json.dumps(reasons)


def test_a_log_that_cannot_be_read_is_told(place):
    (place.space_dir("demo") / "ledger.jsonl").write_text("{no line of ours\n")
    assert answer() == (503, [{"space": "demo", "code": "store.unreachable"}])


@pytest.mark.parametrize(
    ("token", "asking", "read"),
    [
        ("", request(), True),
        ("", request("::1"), True),
        ("", request("10.0.0.7"), False),
        ("", request(x_forwarded_for="10.0.0.7"), False),
        ("secret", request(), False),
        ("secret", request(authorization="Bearer wrong"), False),
        ("secret", request("10.0.0.7", authorization="Bearer secret"), True),
    ],
)
def test_counts_are_for_this_machine_or_for_the_token(place, monkeypatch, token, asking, read):
    monkeypatch.setattr(load, "settings", lambda: replace(place, metrics_token=token))
    found = measures.metrics(asking)
    assert found.status_code == (200 if read else 404)
    assert (b"board_snapshot_info" in found.body) is read
    assert token == "" or token.encode() not in found.body


def test_the_token_is_not_shown_with_the_settings(place):
    assert "secret" not in repr(replace(place, metrics_token="secret"))


def test_counts_of_the_process_and_of_what_is_published(place):
    counts.RERUNS.observe(0.02, page="overview")
    text = measures.metrics(request()).body.decode()
    for name in ("board_rerun_seconds_count", "board_snapshot_age_seconds", "process_cpu_seconds_total"):
        assert f"\n{name}" in text
    assert f'snapshot_id="{pointer_path(place, "demo").read_text().split()[0]}"' in text


def test_readers_are_counted_while_they_are_connected():
    seen = []

    async def app(scope, receive, send):
        seen.append(counts.SESSIONS.value())
        if scope.get("fails"):
            raise RuntimeError

    before = counts.SESSIONS.value()
    inside = measures.Readers(app)
    alone(inside({"type": "websocket"}, None, None))
    alone(inside({"type": "http"}, None, None))
    with pytest.raises(RuntimeError):
        alone(inside({"type": "websocket", "fails": True}, None, None))
    assert [value - before for value in seen] == [1, 0, 1] and counts.SESSIONS.value() == before


def test_the_framework_still_opens_its_socket_where_we_think(monkeypatch):
    from streamlit.web.server.starlette import starlette_server

    monkeypatch.setattr(starlette_server, "_bind_socket", starlette_server._bind_socket)
    assert upkeep.answer_at_once()
    listening = starlette_server._bind_socket("127.0.0.1", 0, 5)
    with listening, socket.create_connection(listening.getsockname()):
        listening.setblocking(True)
        taken, _ = listening.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_framework_does_not_collect_after_every_run(root):
    import tomllib

    settings = tomllib.loads((root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["runner"]["postScriptGC"] is False
    from streamlit import config

    assert (
        "runner.postScriptGC" in config._config_options_template
    )  # another name would be passed over in silence
