"""The report's page: its files say what the pages say; what the office types stays in the session; all communes at once."""

import io
import re
import zipfile

import pytest
from docx import Document

from store import citations
from store.snapshot import current_id
from tests.pages import office, visit

DEMO = {"lang": "vi", "space": "demo"}


@pytest.fixture
def offered(board, monkeypatch):
    """The makers of files that the page hands to its download buttons, by their key."""
    from streamlit.delta_generator import DeltaGenerator

    found: dict[str, dict] = {}
    plain = DeltaGenerator.download_button

    def noted(self, label, **how):
        found[how["key"]] = how
        return plain(self, label, **how)

    monkeypatch.setattr(DeltaGenerator, "download_button", noted)
    return found


def words_of(data: bytes) -> str:
    """Every text of a DOCX."""
    own = Document(io.BytesIO(data))
    cells = [cell.text for table in own.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in own.paragraphs), *cells])


@pytest.mark.parametrize("kind", ["brief", "full"])
@pytest.mark.parametrize("space", ["official", "demo"])
def test_the_files_are_those_of_the_choices(offered, board, kind, space):
    at = visit.go(visit.start(lang="vi", space=space), "report", kind=kind, of="01837")
    assert visit.read(at).problems == []
    docx, pdf = offered["report_docx"], offered["report_pdf"]
    stem = {"brief": "bao-cao-lanh-dao", "full": "bao-cao-day-du"}[kind]
    mark = "minh-hoa-" if space == "demo" else ""
    assert docx["file_name"].startswith(f"{mark}{stem}-01837-") and docx["file_name"].endswith(".docx")
    assert pdf["data"]().startswith(b"%PDF-") and pdf["file_name"].endswith(".pdf")
    said, own = words_of(docx["data"]()), Document(io.BytesIO(docx["data"]()))
    assert "phường Sông Cầu" in said and "……" in said
    ribbon = visit.TEXTS["vi"]["ribbon.plain"]
    assert (ribbon in said) == (space == "demo")
    foot = own.sections[0].footer.paragraphs[0].text
    cited = citations.find(board, re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", foot).group())
    assert (cited.space, cited.snapshot_id) == (space, current_id(board, space)), (
        "the code opens these figures"
    )


def test_the_official_report_holds_the_published_figures(offered):
    visit.go(visit.start(lang="vi", space="official"), "report", kind="full")
    said = words_of(offered["report_docx"]["data"]())
    for figure in ("0,1%", "10,7%", "2,0%", "8,3%", "+10,6", "+6,3", "chưa có số liệu"):
        assert figure in said
    assert visit.TEXTS["vi"]["ribbon.plain"] not in said


@pytest.mark.parametrize("space", ["demo", "official"])
def test_every_figure_can_be_taken_along(offered, board, space):
    visit.go(visit.start(lang="vi", space=space), "report")
    package = offered["report_package"]
    assert (
        package["file_name"]
        == f"{'minh-hoa-' if space == 'demo' else ''}goi-du-lieu-{current_id(board, space)}.zip"
    )
    with zipfile.ZipFile(io.BytesIO(package["data"]())) as packed:
        assert packed.testzip() is None
        said = packed.read("figures.csv" if space == "demo" else "printed.csv").decode("utf-8-sig")
        assert "gov_online_payment_rate" in said and len(said.splitlines()) > 50


def test_the_letterhead_is_kept_in_the_session_only(offered):
    at = visit.go(visit.start(**DEMO), "report")
    field = office.field(at, visit.TEXTS["vi"]["report.field.issuer"])
    assert field.value == "" and field.placeholder == visit.TEXTS["vi"]["leave.head.issuer"]
    field.set_value("Văn phòng #Đoàn *Thể*").run()
    assert "VĂN PHÒNG #ĐOÀN *THỂ*" in words_of(offered["report_docx"]["data"]())
    assert not [value for value in at.query_params.values() if "Đoàn" in str(value)]
    visit.go(visit.go(at, "overview"), "report")
    assert office.field(at, visit.TEXTS["vi"]["report.field.issuer"]).value == "Văn phòng #Đoàn *Thể*"
    fresh = visit.go(visit.start(**DEMO), "report")
    assert office.field(fresh, visit.TEXTS["vi"]["report.field.issuer"]).value == ""


def test_all_communes_at_once(offered):
    """Nothing is packed before somebody asks; a packed file is not offered for other choices."""
    at = visit.go(visit.start(**DEMO), "report")
    assert "batch_take" not in offered and "batch" not in at.session_state
    office.press(at, visit.TEXTS["vi"]["report.batch_make"])
    assert not at.exception and not at.error
    with zipfile.ZipFile(io.BytesIO(offered["batch_take"]["data"])) as packed:
        names = packed.namelist()
        assert packed.testzip() is None and len(names) == len(set(names)) == 24
        assert all(name.startswith("minh-hoa-bao-cao-lanh-dao-") for name in names)
        docx = [name for name in names if name.endswith(".docx")]
        assert len(docx) == 8
        assert "xã Côn Minh" in words_of(packed.read(next(name for name in docx if "02173" in name)))
    offered.clear()
    at.selectbox(key="w:kind").select_index(1).run()
    assert "report_docx" in offered and "batch_take" not in offered


def test_a_batch_tells_how_far_it_is(board):
    from views import load
    from views.choices import default_periods
    from views.frame import Context
    from views.screens import report as screen
    from views.text import languages
    from views.theme import theme

    own = current_id(board, "demo")
    ctx = Context(
        settings=board,
        language=languages(board.reference_dir / "texts")["vi"],
        palette=theme("light"),
        space="demo",
        snapshot_id=own,
        catalogue=load.catalogue("demo", own),
        meta=load.meta("demo", own),
        pages={},
    )
    steps: list[tuple[float, str]] = []
    chosen = screen.Chosen(*default_periods(ctx), "brief")
    first = screen.batch(ctx, chosen, {}, lambda share, words: steps.append((share, words)))
    assert [share for share, _ in steps] == [n / 8 for n in range(9)]
    assert "Đã xong 0/8" in steps[0][1] and "Phường Sông Cầu" in steps[0][1]
    assert screen.batch(ctx, chosen, {}, lambda *_: None) == first, "the same bytes again"
