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
    *("BOARD_ENGINE", "BOARD_SPARK_MASTER"),
):
    os.environ.pop(_name, None)


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
