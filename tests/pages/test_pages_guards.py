"""What pages may be: short, without prose, without data work, one folder down, and only inside the frame."""

import ast
import contextlib
import re

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from store.errors import SnapshotError
from store.snapshot import Snapshot, current_id, snapshot_path
from tests.pages import office, visit

IDENTIFIER = re.compile(r"[a-z0-9_.:/-]*")
FORBIDDEN = {"pandas", "numpy", "duckdb", "plotly", "metrics", "store", "scipy", "geopandas"}
SOURCES = {page: (visit.ROOT / file).read_text(encoding="utf-8") for page, file in visit.FILES.items()}


def test_no_page_lies_directly_in_the_pages_folder():
    """Streamlit would take it for its old menu and show it without the frame."""
    assert [path.name for path in (visit.ROOT / "pages").glob("*.py")] == []
    assert len(visit.PAGES) >= 8


def test_every_page_is_in_the_menu_once():
    tree = ast.parse((visit.ROOT / "app.py").read_text(encoding="utf-8"))
    named = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and str(node.value).startswith("pages/")
    ]
    assert sorted(named) == sorted(visit.FILES.values())


@pytest.mark.parametrize("page", visit.PAGES)
def test_a_page_fits_on_a_screen(page):
    assert len(SOURCES[page].splitlines()) <= 60


@pytest.mark.parametrize("page", visit.PAGES)
def test_a_page_holds_no_prose(page):
    tree = ast.parse(SOURCES[page])
    assert ast.get_docstring(tree), "one line says what the page is for"
    texts = [node.value for node in ast.walk(tree.body[0]) if isinstance(node, ast.Constant)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in texts:
            assert IDENTIFIER.fullmatch(node.value), f"line {node.lineno}: {node.value!r}"


@pytest.mark.parametrize("page", visit.PAGES)
def test_a_page_computes_nothing(page):
    for node in ast.walk(ast.parse(SOURCES[page])):
        names = [item.name for item in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.split(".")[0] not in FORBIDDEN, name
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("markdown", "write", "html", "unsafe_allow_html"), (
                "texts come from the frame"
            )


@pytest.mark.parametrize("page", visit.PAGES)
def test_a_page_begins_with_the_frame(page):
    calls = [node for node in ast.walk(ast.parse(SOURCES[page])) if isinstance(node, ast.Call)]
    entered = [call for call in calls if ast.unparse(call.func) == "frame.enter"]
    assert len(entered) == 1 and ast.literal_eval(entered[0].args[0]) == page
    assert entered[0].lineno == min(call.lineno for call in calls)


@pytest.mark.parametrize("page", visit.PAGES)
def test_a_page_without_the_frame_refuses_to_draw(board, page):
    at = AppTest.from_file(str(visit.ROOT / visit.FILES[page]), default_timeout=60).run()
    assert [item.value for item in at.title] == []
    assert len(at.exception) == 1
    assert not [element for element in at.main if element.type in (visit.PANEL, visit.CHART, "selectbox")]


def test_the_context_is_taken_and_does_not_stay(board):
    at = visit.start(lang="vi", space="demo")
    assert "_context" not in at.session_state

    def alone():
        import streamlit as st

        from store.errors import SnapshotError
        from views import frame

        try:
            frame.enter("overview")
        except SnapshotError as error:
            st.text(error.code)

    assert [item.value for item in AppTest.from_function(alone).run().text] == ["frame.bypassed"]


def test_a_snapshot_on_show_can_be_opened_once_more(board):
    """The command line's checks and the pages may look at one snapshot in one process."""
    visit.start(lang="vi", space="official")
    path = snapshot_path(board, "official", current_id(board, "official"))
    with contextlib.ExitStack() as opened:
        for _ in range(2):
            snapshot = Snapshot(path)
            opened.callback(snapshot.close)
            assert snapshot.cursor().execute("SELECT count(*) FROM observation").fetchone()[0] > 0
            with pytest.raises(duckdb.Error):
                snapshot.cursor().execute("SET enable_external_access = true")


def test_one_of_our_errors_is_one_sentence(board, monkeypatch):
    from views import frame

    def broken(*_):
        raise SnapshotError("snapshot.unreadable", snapshot_id="x", reason="secret path")

    monkeypatch.setattr(frame.load, "catalogue", broken)
    at = visit.start(lang="vi", space="demo")
    assert not at.exception and len(at.error) == 1
    assert "secret path" not in at.error[0].value and at.title == []
    code = re.search(r"[0-9a-f]{8}", at.error[0].value)
    assert code and not re.search(r"\{\w*\}", at.error[0].value)


def test_an_installation_without_figures_says_what_to_do(tmp_path, board, monkeypatch):
    import streamlit as st

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOARD_RUNTIME", str(tmp_path))
        st.cache_resource.clear()
        at = visit.start(lang="vi")
        assert not at.exception and len(at.error) == 1 and "python -m etl" in at.error[0].value
        (tmp_path / "LAYOUT").write_text("999\n", encoding="ascii")  # nor one that a newer program wrote
        office.forget()
        at = visit.start(lang="vi")
        assert not at.exception and [item.value for item in at.error] == [
            visit.TEXTS["vi"]["error.layout.newer"]
        ]
    st.cache_resource.clear()
    office.forget()


def test_what_the_pages_ask_of_streamlit_is_offline(tours):
    """No page names a server: no tiles, no fonts, no scripts from elsewhere."""
    for space in ("official", "demo"):
        for shown in tours("vi", space).values():
            for panel in shown.panels.values():
                assert not re.search(r'(src|href|url\()\s*=?\s*["\']?(https?:)?//', panel)
