"""The index page: a commune's index worked by hand from its counts, and weights that the reader moves."""

import csv
import io
from fractions import Fraction

import pytest

from reports.workbook import to_csv
from tests.pages import visit

PILLARS = ("gov", "economy", "society", "foundation")
# Sông Cầu, quarter IV/2024: cases and base of every indicator, as the page prints them.
COUNTS = {
    "gov": ((334, 936), (734, 764), (1049, 1613), (1583, 1597), (980, 1234), (1368, 1613), (151, 167)),
    "economy": ((5843, 7389), (1565, 2703), (9, 9), (309, 330)),
    "society": ((9020, 9879), (6268, 7557), (9, 9)),
    "foundation": ((2456, 2722), (2173, 2722), (15, 15), (11, 15), (23, 24), (3810, 6026)),
}


def by_hand(weights) -> dict[str, Fraction]:
    """Goalposts 0 and 100, equal weights inside a pillar: the mean of the rates, then the weighted mean of pillars."""
    found = {
        name: sum(Fraction(100 * n, of) for n, of in counts) / len(counts) for name, counts in COUNTS.items()
    }
    whole = sum(found[name] * weight for name, weight in zip(PILLARS, weights, strict=True))
    return {**found, "index": whole / sum(weights)}


def show(**address: str):
    at = visit.go(visit.start(lang="vi", space="demo", **address), "index", **address)
    shown = visit.read(at)
    assert shown.problems == []
    return at, shown


def part(shown, key: str) -> str:
    return visit.plain(shown.panels[key])


def vietnamese(value: Fraction) -> str:
    return f"{float(value):.2f}".replace(".", ",")


@pytest.mark.parametrize("weights", [(25, 25, 25, 25), (40, 10, 20, 5)])
def test_the_page_and_the_file_say_what_the_counts_give_by_hand(board, monkeypatch, weights):
    from views import frame

    offered = {}
    monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: offered.update({name: make(ctx)}))
    address = {} if weights == (25, 25, 25, 25) else {"weights": "-".join(map(str, weights))}
    _, shown = show(after="2024-Q4", area="01837-2020", **address)
    text, hand = part(shown, "own_steps"), by_hand(weights)
    for counts in COUNTS.values():
        for n, of in counts:
            assert f"{n:,}/{of:,}".replace(",", ".") in text
    for name in (*PILLARS, "index"):
        assert vietnamese(hand[name]) in text, name
    rows = list(csv.DictReader(io.StringIO(to_csv(offered["chi-so-tung-buoc-2024-Q4"]).decode("utf-8-sig"))))
    own = [row for row in rows if row["Mã"] == "01837"]
    assert len(own) == 20 + 4 + 1
    assert float(own[-1]["Điểm"]) == pytest.approx(float(hand["index"]), abs=1e-9)
    for row, name in zip([row for row in own if row["Bước"] == "Trụ cột"], PILLARS, strict=True):
        assert float(row["Điểm"]) == pytest.approx(float(hand[name]), abs=1e-9)
        assert float(row["Trọng số trong cấp trên (0–1)"]) == pytest.approx(
            weights[PILLARS.index(name)] / sum(weights)
        )


def test_the_page_says_whose_place_stands_and_who_cannot_be_told_apart(board):
    _, shown = show(after="2024-Q4")
    lead = part(shown, "lead")
    assert "Thứ hạng đứng vững" in lead and "phường Sông Cầu (thứ 1)" in lead
    assert "Không phân biệt được: xã Như Cố và xã Thượng Giáo (thứ 4–5)" in lead
    assert "Xã Nghĩa Tá không được xếp thứ: chưa trụ cột nào đủ số liệu." in lead
    assert "đề xuất" in part(shown, "warning")
    assert "trial_ribbon" not in shown.panels and "weights" not in shown.address


def test_moved_weights_are_said_kept_and_taken_back(board):
    at, _ = show(after="2024-Q4")
    for name, mark in zip(PILLARS, (40, 10, 20, 5), strict=True):
        at.slider(key=f"w:weight:{name}").set_value(mark).run()
    shown = visit.read(at)
    assert at.query_params["weights"] == "40-10-20-5"
    assert part(shown, "trial_ribbon") == "Trọng số thử của người xem, không phải trọng số đã đề xuất."
    said = part(shown, "trial_lead")
    assert "chính quyền số 53,3%" in said and "hệ số Kendall 0,90" in said
    assert "xã Thượng Giáo từ thứ 5 sang thứ 4" in said
    proposed = part(show(after="2024-Q4")[1], "index_table")
    assert part(shown, "index_table") == proposed, "the proposed ranking stays as it is"
    visit.go(at, "overview")
    visit.go(at, "index")
    assert [slider.value for slider in at.slider] == [40, 10, 20, 5]
    at.button(key="weights_back").click().run()
    assert [slider.value for slider in at.slider] == [25, 25, 25, 25]
    assert "weights" not in at.query_params and "trial_ribbon" not in visit.read(at).panels


@pytest.mark.parametrize("words", ["0-0-0-0", "40-20", "a-b-c-d", "400-1-1-1", "-1-2-3-4", "25-25-25-25"])
def test_weights_in_the_address_that_mean_nothing_are_ignored(board, words):
    at, shown = show(after="2024-Q4", weights=words)
    assert [slider.value for slider in at.slider] == [25, 25, 25, 25]
    assert "trial_ribbon" not in shown.panels


def test_all_sliders_at_nothing_are_said(board):
    at, _ = show(after="2024-Q4")
    for slider in at.slider:
        slider.set_value(0)
    at.run()
    shown = visit.read(at)
    assert shown.problems == [] and "đang ở 0" in part(shown, "trial_lead")


@pytest.mark.parametrize("language", sorted(visit.TEXTS))
def test_every_commune_and_period_reads_well(board, language):
    at = visit.go(visit.start(lang=language, space="demo"), "index")
    for key in ("area", "after"):
        for number in range(len(at.selectbox(key=f"w:{key}").options)):
            at.selectbox(key=f"w:{key}").select_index(number).run()
            shown = visit.read(at)
            assert shown.problems == [] and "nan" not in shown.text, (key, number)


def test_too_few_figures_are_said_without_empty_boxes(board):
    at = visit.go(visit.start(lang="vi", space="official"), "index")
    shown = visit.read(at)
    assert shown.problems == [] and not at.slider
    assert "chưa tính được chỉ số" in part(shown, "lead") and "4/160" in part(shown, "lead")
    assert "empty" not in shown.panels["index_table"] and "own_steps" not in shown.panels
