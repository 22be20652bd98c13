"""What every test shares: the installation's own data folder is out of reach, and settings point to a temporary one."""

import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Set before any module reads its settings: no test may touch the installation's real data.
os.environ["BOARD_RUNTIME"] = tempfile.mkdtemp(prefix="board-tests-")
os.environ["BOARD_LANGUAGE"] = "vi"
os.environ["BOARD_SPACE"] = "auto"
for _name in (
    *("BOARD_READING", "BOARD_SECOND_PERSON", "BOARD_SIGN_IN", "BOARD_ADDRESS"),
    *("BOARD_ENGINE", "BOARD_SPARK_MASTER", "BOARD_LOG", "BOARD_LOG_LEVEL", "BOARD_METRICS_TOKEN"),
    "BOARD_KEEP_PERSONAL_DAYS",
    *("BOARD_STORE", "BOARD_STORE_FILE"),
):
    os.environ.pop(_name, None)
# Folders whose tests share a browser with its servers, or tours of all pages: one worker each.
TOGETHER = ("tests/browser/", "tests/pages/")
LONG = (
    "tests/unit/etl/test_etl_faults.py",
    "tests/unit/reports/",
    "tests/unit/etl/",
    "tests/unit/test_extension.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Tests that share something dear stay on one worker, and the longest of these begin first.

    pytest 9.2 takes no group mark of pytest-xdist 3.8: without this hook every test goes to whoever is free, and both
    workers start a browser with its servers, tour all pages and build every module's world.
    """
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return next((folder for folder in TOGETHER if file.startswith(folder)), file)

    config.option.loadscopereorder = (
        False  # the order of pytest_collection_modifyitems, not the number of tests
    )
    return Together(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long begins first, so that no worker is left alone with it at the end; what is about the files of one
    machine is not run against PostgreSQL."""
    out = [
        item
        for item in items
        if item.get_closest_marker("of_files")
        and "postgresql" in getattr(getattr(item, "callspec", None), "params", {}).values()
    ]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]
    early = [*TOGETHER, *LONG]

    def place(item: pytest.Item) -> int:
        return next((n for n, path in enumerate(early) if item.nodeid.startswith(path)), len(early))

    items.sort(key=place)


@pytest.fixture(scope="session")
def root() -> Path:
    """The product's folder."""
    return ROOT


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory):
    """Settings of an installation whose two spaces are built and published from the committed files."""
    from etl import publish
    from store.settings import SPACES, read_settings

    runtime = tmp_path_factory.mktemp("runtime")
    settings = read_settings({"BOARD_RUNTIME": str(runtime)})
    for space in SPACES:
        publish.refresh(settings, space)
    return settings


@pytest.fixture(scope="session")
def cluster():
    """A PostgreSQL for the tests of several servers; skips where none is installed."""
    from tests.cluster import Cluster, programs

    if programs() is None:
        reason = "PostgreSQL is not installed: initdb was not found"
        assert os.environ.get("BOARD_REQUIRE_POSTGRES") != "1", reason
        pytest.skip(reason)
    own = Cluster()
    yield own
    own.close()


@pytest.fixture(params=["files", "postgresql"])
def each_store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test runs twice: on one machine's files, and as one of several servers. Gives the store's address; what
    ``builders.settings`` makes uses it."""
    from tests import builders

    if request.param == "files":
        return "files"
    own = request.getfixturevalue("cluster")
    own.empty()
    monkeypatch.setattr(builders, "STORE", own.url)
    monkeypatch.setenv("BOARD_STORE", own.url)
    return own.url
