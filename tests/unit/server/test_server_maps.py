"""The shapes by address: for years in the browser, packed, and nothing else of the folder."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.requests import Request

from etl import publish
from etl.boundaries.journey import Asked, accept, examine
from server import maps, routes
from store import boundaries, sessions
from tests import builders
from tests.maps import make_maps as make
from tests.unit.etl.test_boundaries_reading import BEFORE


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory):
    """(settings, version) of an installation with a map."""
    folder: Path = tmp_path_factory.mktemp("served")
    settings = builders.settings(folder)
    publish.refresh(settings, "official")
    path = make.write(make.coded(), folder / "xa.geojson")
    accept(settings, examine(settings, path, Asked(BEFORE, "Sở", "MIT")), builders.LAN)
    return settings, boundaries.standing(settings)[0]["version"]


def asked(settings, version: str, file: str, **headers: str):
    told = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": told}
    scope["path_params"] = {"version": version, "file": file}
    return maps._answer(settings, Request(scope))


def test_shapes_are_kept_by_the_browser_and_come_packed(place):
    settings, version = place
    answer = asked(settings, version, "06-20.geojson", accept_encoding="gzip, br")
    assert answer.status_code == 200 and answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("application/geo+json")
    assert "immutable" in answer.headers["cache-control"] and answer.headers["vary"] == "Accept-Encoding"
    plain = asked(settings, version, "06-20.geojson")
    assert "content-encoding" not in plain.headers and plain.headers["etag"] != answer.headers["etag"]
    assert gzip.decompress(Path(answer.path).read_bytes()) == Path(plain.path).read_bytes()
    again = asked(settings, version, "06-20.geojson", if_none_match=f'W/{plain.headers["etag"]}, "x"')
    assert again.status_code == 304


def test_nothing_else_of_the_folder_has_an_address(place):
    settings, version = place
    for name, file in (
        (version, "meta.json"), (version, "shapes.parquet"), (version, "06-20.geojson.gz"), (version, "99-20.geojson"),
        ("..", "standing.json"), ("../official", "CURRENT"), (version, "../standing.json"), (version[:-1], "06-20.geojson"),
    ):  # fmt: skip
        assert asked(settings, name, file).status_code == 404, file


def test_where_only_members_read_the_shapes_are_theirs(place):
    settings, version = place
    closed = replace(settings, reading="members")
    assert asked(closed, version, "06-20.geojson").status_code == 403
    assert asked(closed, version, "06-20.geojson", cookie="board_session=guess").status_code == 403
    from store import accounts

    accounts.add(closed, builders.LAN, "quantri", "", "administrator", (), "một câu ngắn dễ nhớ")
    token = sessions.sign_in(closed, "quantri", "một câu ngắn dễ nhớ")
    known = asked(closed, version, "06-20.geojson", cookie=f"board_session={token}")
    assert known.status_code == 200 and known.headers["cache-control"].startswith("private")


def test_the_route_stands_before_the_frameworks():
    [own] = maps.ROUTES
    assert own in routes.ROUTES and own.path == "/maps/{version}/{file}"
    assert boundaries.address("0" * 16, "06", 20) == f"maps/{'0' * 16}/06-20.geojson"
