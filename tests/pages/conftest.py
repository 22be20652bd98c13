"""The pages run through app.py on the built spaces, without a browser."""

import shutil

import pytest

from tests.pages import office, visit


@pytest.fixture(scope="session", autouse=True)
def components():
    """What Streamlit finds by reading the facts of every installed library: once, not for every visitor."""
    from streamlit.components.v2 import manifest_scanner

    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda *args, **more: list(found))
        yield


@pytest.fixture(scope="session")
def board(built):
    """Settings of the installation the pages read; both spaces are built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOARD_RUNTIME", str(built.runtime_dir))
        office.forget()
        yield built
        office.forget()


@pytest.fixture
def office_of(built, tmp_path, monkeypatch):
    """Opens a copy of the installation that may be changed: ``office_of(BOARD_SECOND_PERSON="1")`` gives its settings.
    Nobody's browser has kept a session, and passwords cost little."""
    from store import passwords
    from store.settings import read_settings
    from views import signin

    monkeypatch.setattr(passwords, "HASHER", office.CHEAP)
    monkeypatch.setattr(signin, "_kept", lambda: "")

    def opened(**environ: str):
        folder = tmp_path / "runtime"
        shutil.copytree(built.runtime_dir, folder)
        for name, value in {"BOARD_RUNTIME": str(folder), **environ}.items():
            monkeypatch.setenv(name, value)
        office.forget()
        return read_settings()

    yield opened
    office.forget()


@pytest.fixture
def place(office_of):
    """An office whose people have accounts; whoever sends publishes."""
    settings = office_of()
    office.hire(settings)
    return settings


@pytest.fixture(scope="session")
def tours(board):
    """Every page of one language and space, visited once each in one sitting and kept."""
    kept: dict[tuple[str, str], dict[str, visit.Shown]] = {}

    def tour(language: str, space: str) -> dict[str, visit.Shown]:
        if (language, space) not in kept:
            kept[language, space] = visit.tour(language, space)
        return kept[language, space]

    return tour
