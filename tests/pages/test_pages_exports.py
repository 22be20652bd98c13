"""What readers take away: the figures of the page in full, with source, definition and snapshot, and no illustration
that could be taken for real."""

import csv
import io

import openpyxl
import pytest

from reports.workbook import to_csv, to_xlsx
from store.snapshot import current_id
from tests.pages import visit

TAKEN = [page for page in visit.OF_FIGURES if page not in ("method", "hall")]  # a show is no table


@pytest.fixture
def taken(board, monkeypatch):
    """The tables a page offers, made as the download makes them: outside the page's run."""
    from views import frame

    offered: list[tuple[str, object]] = []
    monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: offered.append((name, lambda: make(ctx))))

    def take(page: str, **address: str):
        at = visit.start(**address)
        offered.clear()
        visit.go(at, page, **address)
        assert not at.exception and not at.error
        return [(name, tables()) for name, tables in offered]

    return take


def cells(export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(export).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("space", ["official", "demo"])
@pytest.mark.parametrize("page", TAKEN)
def test_nothing_leaves_without_where_it_came_from(taken, board, page, space):
    for language in visit.TEXTS:
        found = taken(page, lang=language, space=space)
        assert found
        for name, export in found:
            assert name.isascii() and " " not in name
            about = dict(export.about)
            assert current_id(board, space) in about.values()
            words = visit.TEXTS[language]
            assert (
                about[words["export.space"]] == words["ribbon.plain" if space == "demo" else "space.official"]
            )
            assert len(set(export.columns)) == len(export.columns), "no two columns share a name"
            assert all(len(row) == len(export.columns) for row in export.rows)
            data = to_csv(export)
            assert data.startswith(b"\xef\xbb\xbf")
            for row in cells(export):
                assert not {"nan", "None", "<NA>", "NaT", "inf"} & set(row)
            book = openpyxl.load_workbook(io.BytesIO(to_xlsx(export)))
            assert book.sheetnames == [words["export.sheet"], words["export.about"]]
            assert book.worksheets[0].max_row == len(export.rows) + 1


def test_the_overview_gives_the_published_figures_as_they_are(taken):
    ((_, export),) = taken("overview", lang="vi", space="official")
    rows = {tuple(row[:3]): row for row in cells(export)[1:] if len(row) > 3}
    row = rows["01837", "Phường Sông Cầu", visit_name("gov_online_payment_rate")]
    assert "0.1" in row and "10.7" in row and any(cell.startswith("10.6") for cell in row)
    assert any("3195" in cell or "Bắc Kạn" in cell for cell in row), "the source is in the line"


def visit_name(indicator_id: str) -> str:
    """An indicator's Vietnamese name, from its file."""
    import tomllib

    path = visit.ROOT / "data" / "reference" / "indicators" / f"{indicator_id}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["name"]["vi"]


def test_published_percentages_leave_with_the_digits_they_were_printed_with(board):
    """57 is held as 0.57 and must not leave as 56.99999999999999."""
    from store import catalogue
    from views.screens.common import value_out

    own = catalogue.load(catalogue.read_files(board.reference_dir)).indicator_by_id["gov_online_payment_rate"]
    wrong = {n / 10: out for n in range(2001) if (out := value_out(n / 10 / 100, own)) != n / 10}
    assert not wrong, f"{len(wrong)} figures, such as {list(wrong.items())[:3]}"
