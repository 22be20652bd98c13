"""One real process: its addresses, its log, a first reader who comes by a deep link, and its end."""

import asyncio
import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.benchmark.wire import Reader
from tests.browser import driver


@pytest.fixture(scope="module")
def server(built):
    started = driver.serve(built.runtime_dir, BOARD_LOG="json")
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
