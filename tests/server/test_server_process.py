"""One real process: its addresses, its log, a first reader who comes by a deep link, and its end."""

import asyncio
import json
import socket
import struct
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.benchmark.wire import Reader
from tests.browser import driver
from tests.builders import everything_below


@pytest.fixture(scope="module")
def world():
    """What the process takes for its way to the rest of the world; it only listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        yield listening


@pytest.fixture(scope="module")
def server(built, world):
    way = f"http://127.0.0.1:{world.getsockname()[1]}"
    started = driver.serve(built.runtime_dir, BOARD_LOG="json", http_proxy=way, https_proxy=way)
    started.wait()
    yield started
    started.stop()


def get(url):
    """(status, text) of an address."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


async def visit(url):
    """A first visitor by a deep link, who then turns to another page."""
    reader = Reader(url)
    answers = [await reader.open("chi-tieu", "lang=vi&space=demo"), await reader.go("ban-do")]
    during = await asyncio.to_thread(get, f"{url}/metrics")
    await reader.close()
    return answers, during[1]


def test_a_process_answers_counts_and_writes_its_log(server):
    assert get(f"{server.url}/healthz") == (200, "ok\n")
    status, said = get(f"{server.url}/readyz")
    assert (status, json.loads(said)) == (200, {"ready": True, "reasons": []})
    with ThreadPoolExecutor(1) as pool:  # another test of this process may keep a loop running in this thread
        answers, measured = pool.submit(asyncio.run, visit(server.url)).result()
    assert [answer.errors for answer in answers] == [[], []] and min(a.messages for a in answers) > 20
    assert "\nboard_sessions 1" in measured
    for page in ("indicator", "map"):
        assert f'board_rerun_seconds_count{{page="{page}"}} 1' in measured
    written = [line for line in server.text().splitlines() if line.startswith("{")]
    reruns = [said for line in written if (said := json.loads(line))["event"] == "rerun"]
    assert [said["page"] for said in reruns] == ["indicator", "map"]
    assert len({said["session"] for said in reruns}) == 1 and reruns[0]["space"] == "demo"
    assert set(reruns[0]) == {"at", "level", "event", "page", "space", "snapshot_id", "ms", "session"}
    assert not [line for line in written if "127.0.0.1" in line], "no line holds an address of a reader"
    assert get(f"{server.url}/chi-tieu")[0] == 200 and "<html" in get(server.url)[1]


def asked(url, method="GET", **headers):
    """Status of one request."""
    request = urllib.request.Request(
        url, method=method, data=b"x" if method == "PUT" else None, headers=headers
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def test_another_site_can_send_no_file_and_open_no_session(server):
    """The framework's own protection, switched on: a file needs the cookie's twin in a heading, a session our own address."""
    address = f"{server.url}/_stcore/upload_file/00000000-0000-0000-0000-000000000000/1"
    cookie = "_streamlit_xsrf=2|aaaa|bbbb|1"
    for headers in ({}, {"Cookie": cookie}, {"Cookie": cookie, "X-Xsrftoken": "2|cccc|dddd|1"}):
        assert asked(address, "PUT", **headers)[0] == 403
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    statuses = []
    for origin in ("https://khac.example", server.url):
        line = HTTPConnection(
            urlsplit(server.url).netloc, timeout=20
        )  # urllib would close the way that is to be upgraded
        line.request("GET", "/_stcore/stream", headers={**upgrade, "Origin": origin})
        statuses.append(line.sock and line.getresponse().status)
        line.close()
    assert statuses == [403, 101]


def test_nobody_outside_is_asked_where_this_machine_is_when_another_site_knocks(server, world):
    """The framework would ask a server outside for this machine's address in the world, and let the knock wait for it."""
    line = HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    line.request("GET", "/_stcore/stream", headers={**upgrade, "Origin": "https://khac.example"})
    assert line.getresponse().status == 403
    line.close()
    with pytest.raises(TimeoutError):
        world.accept()


def test_every_kind_of_answer_bears_the_headings(server):
    for path in (
        "",
        "chi-tieu",
        "healthz",
        "_stcore/health",
        "app/static/fonts/LICENSE-OFL.txt",
        "khong-co/gi",
    ):
        _, headers = asked(f"{server.url}/{path}")
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
    assert "frame-ancestors 'self'" in asked(server.url)[1]["Content-Security-Policy"]


class Uploader(Reader):
    """A reader who knows the name of the session, which a browser sends files under."""

    session = ""

    def _take(self, data, answer):
        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "new_session":
            self.session = message.new_session.initialize.session_id
        return super()._take(data, answer)


def put(url, reader, body, whole):
    """Send a file as a browser does; ``whole`` is how much of it arrives before the browser is closed. The status, or None
    when it was closed in the midst."""
    with urllib.request.urlopen(
        f"{url}/_stcore/health", timeout=20
    ) as answer:  # where a browser gets its token
        cookie = next(
            part for part in answer.headers.get_all("Set-Cookie") if part.startswith("_streamlit_xsrf")
        )
    token = cookie.partition(";")[0].partition("=")[2]
    edge = b"----board"
    form = b'--%b\r\nContent-Disposition: form-data; name="file"; filename="tep.csv"\r\n\r\n%b\r\n--%b--\r\n'
    sent = form % (edge, body, edge)
    head = (
        f"PUT /_stcore/upload_file/{reader.session}/0f0e HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n"
        f"Content-Type: multipart/form-data; boundary={edge.decode()}\r\nContent-Length: {len(sent)}\r\n"
        f"Cookie: _streamlit_xsrf={token}\r\nX-Xsrftoken: {token}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(urlsplit(url).netloc.split(":"), timeout=20) as wire:
        wire.sendall(head.encode() + sent[: int(len(sent) * whole)])
        if whole < 1:  # reset, as when the machine of the sender is switched off
            time.sleep(0.2)
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return None
        return int(wire.recv(64).split()[1])


async def cut_off(url):
    """Files of which more and more arrives, the sender gone each time; then one by somebody who stays."""
    reader, other = Uploader(url), Uploader(url)
    await reader.open("gui-so-lieu", "lang=vi&space=official")
    body = b"x" * 3_000_000  # beyond what is held in memory while it arrives
    cut = [await asyncio.to_thread(put, url, reader, body, share) for share in (0.0001, 0.1, 0.6, 0.999)]
    await reader.close()
    answer = await other.open("gui-so-lieu", "lang=vi&space=official")
    status = await asyncio.to_thread(put, url, other, body, 1)
    await other.close()
    return cut, answer.errors, status


def test_a_browser_that_is_closed_in_the_midst_of_an_upload_leaves_nothing(server, built):
    before = everything_below(built.runtime_dir)
    logged = len(server.text())
    with ThreadPoolExecutor(1) as pool:
        cut, errors, status = pool.submit(asyncio.run, cut_off(server.url)).result()
    assert (cut, errors, status) == ([None] * 4, [], 204), "the next upload works"
    assert everything_below(built.runtime_dir) == before, "what was not sent by a person is kept nowhere"
    assert get(f"{server.url}/healthz") == (200, "ok\n") and get(f"{server.url}/readyz")[0] == 200
    written = server.text()[logged:]
    assert "Traceback" not in written and written.count('"event": "cut_off"') == 4
