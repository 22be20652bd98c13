"""What stands beside the main figures: the quarter just before, the funnel, and how far it is to a tier."""

import re

import pytest

from tests.pages import visit

PAY = "gov_online_payment_rate"


@pytest.fixture
def page(board):
    """The plain text of one part of a page."""

    def open_(name: str, **address: str):
        shown = visit.read(visit.go(visit.start(**address), name, **address))
        assert shown.problems == [] and visit.slips(shown) == []
        return shown

    return open_


@pytest.mark.parametrize(
    ("language", "head", "counted", "cell"),
    [
        (
            "vi",
            "So với quý liền trước (quý III/2024)",
            "Trang này có 14 phép so có đủ tử số, mẫu số (7 với kỳ trước, 7 với quý liền trước;",
            r"\+3,2 điểm chưa rõ\s*từ 32,5% \(290/892\)\s*−1,2 đến \+7,5 điểm",
        ),
        (
            "en",
            "Against the quarter just before (Q3 2024)",
            "14 comparisons with counts stand on this page (7 with the earlier period, 7 with the quarter just before;",
            r"\+3\.2 points unclear\s*from 32\.5% \(290/892\)\s*−1\.2 to \+7\.5 points",
        ),
    ],
)
def test_the_quarter_just_before_stands_beside_the_change(page, language, head, counted, cell):
    shown = page("change", lang=language, space="demo", indicator=PAY, before="2023-Q4", after="2024-Q4")
    table = visit.plain(shown.panels["change_table"])
    assert head in table and counted in visit.plain(shown.panels["lead"])
    row = re.search(rf"(?:Sông Cầu|Song Cau) .*?{cell}", table, re.S)
    assert row, table


@pytest.mark.parametrize(
    ("language", "indicator", "name", "sign"),
    [
        ("vi", "hr_staff_trained_rate", "Xã Đức Vân", "state.missing"),
        ("en", "hr_staff_trained_rate", "Duc Van commune", "state.missing"),
        ("vi", "eco_merchant_qr_rate", "Xã Giáo Hiệu", "state.no_cases"),
        ("en", "eco_merchant_qr_rate", "Giao Hieu commune", "state.no_cases"),
    ],
)
def test_where_the_quarter_before_has_no_figure_its_sign_says_so(page, language, indicator, name, sign):
    shown = page(
        "change", lang=language, space="demo", indicator=indicator, before="2023-Q4", after="2024-Q4"
    )
    rows = shown.panels["change_table"].split("<tr")
    (row,) = [row for row in rows if f">{name}</a>" in row]
    near = row.split("<td")[4]  # before, after, change, the quarter just before
    assert 'class="empty"' in near and visit.TEXTS[language][sign] in near


def test_no_second_column_where_the_quarter_before_is_compared_already(page):
    shown = page("change", lang="vi", space="demo", indicator=PAY, before="2024-Q3", after="2024-Q4")
    assert "quý liền trước" not in shown.text and visit.plain(shown.panels["lead"]).count("Đã so 7") == 1


def test_a_year_has_no_quarter_before_it(page):
    shown = page("change", lang="vi", space="official", indicator=PAY)
    assert "quý liền trước" not in shown.text


@pytest.mark.parametrize(
    ("language", "finding", "rest"),
    [
        (
            "vi",
            "4 xã, phường khác mức chung 27,4% nhiều hơn ngẫu nhiên có thể gây ra: phường Sông Cầu (cao hơn), "
            "xã Giáo Hiệu (thấp hơn), xã Thượng Giáo (thấp hơn) và xã Côn Minh (thấp hơn)",
            ("(511/1.868)", "334/936", "24,5% – 30,2%", "gấp 15,6 lần", "ngoài giới hạn 99,8%"),
        ),
        (
            "en",
            "4 communes differ from the common level of 27.4% by more than chance could explain: Song Cau ward (higher), "
            "Giao Hieu commune (lower), Thuong Giao commune (lower) and Con Minh commune (lower)",
            ("(511/1,868)", "334/936", "24.5% – 30.2%", "lie 15.6 times", "beyond the 99.8% limits"),
        ),
    ],
)
def test_the_funnel_says_who_lies_apart(page, language, finding, rest):
    shown = page("indicator", lang=language, space="demo", indicator=PAY, counted="2024-Q4")
    assert finding in visit.plain(shown.panels["funnel_heading"])
    for words in rest:
        assert words in shown.text, words
    assert shown.address["counted"] == "2024-Q4"


def test_published_percentages_without_counts_draw_no_funnel(page):
    shown = page("indicator", lang="vi", space="official", indicator=PAY)
    assert "Chưa vẽ được" in visit.plain(shown.panels["funnel_heading"])
    assert "0 trong 8 xã, phường có đủ tử số, mẫu số; cần ít nhất 3" in shown.text
    assert "funnel_table" not in shown.panels


def test_what_is_no_rate_has_no_funnel(page, board):
    from store import catalogue

    found = catalogue.load(catalogue.read_files(board.reference_dir)).indicators
    amount = next(item for item in found if not item.is_rate)
    shown = page("indicator", lang="vi", space="demo", indicator=amount.id)
    assert not [part for part in shown.panels if part.startswith("funnel")]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "vi",
            (
                "Phường Sông Cầu đạt 14/17 tiêu chí; 2 chưa đạt, 1 chưa có số liệu",
                "Khi biết hết tiêu chí: kém nhất 14/17: chưa đạt hạng; tốt nhất 15/17: chưa đạt hạng.",
                "thiếu 0,2 điểm, cần thêm 1 trường hợp",
                "99/124",
            ),
        ),
        (
            "en",
            (
                "Song Cau ward meets 14/17 criteria; 2 not met, 1 without figures",
                "Once all criteria are known: at worst 14/17: tier not reached; at best 15/17: tier not reached.",
                "0.2 points short, 1 more case needed",
                "99/124",
            ),
        ),
    ],
)
def test_a_profile_says_what_lacks_to_the_tier(page, language, words):
    shown = page(
        "area",
        lang=language,
        space="demo",
        area="01837-2020",
        after="2024-Q4",
        before="2023-Q4",
        scheme="bk_base",
    )
    text = "\n".join(visit.plain(shown.panels[f"tier_{part}"]) for part in ("heading", "said", "table"))
    for piece in words:
        assert piece in text, piece
    ranking = page("tiers", lang=language, space="demo", after="2024-Q4", scheme="bk_base")
    assert words[2] in visit.plain(ranking.panels["tiers_table"])


@pytest.mark.parametrize(
    ("language", "ends"), [("vi", "kém nhất 2/17; tốt nhất 17/17."), ("en", "at worst 2/17; at best 17/17.")]
)
def test_a_proposed_set_gives_a_real_commune_no_tier(page, language, ends):
    shown = page("area", lang=language, space="official", area="01837-2020", scheme="bk_base")
    said = visit.plain(shown.panels["tier_said"])
    assert ends in said and visit.TEXTS[language]["tiers.sure.unweighed"] in said
    assert visit.TEXTS[language]["tier.reached"].lower() not in said.lower()
