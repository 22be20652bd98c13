"""Small counts stay hidden where figures are kept: by each indicator's rule, and so that no total gives them back."""

import pandas as pd
import pytest

from etl import publish
from store import catalogue as definitions
from store import disclosure, read
from store.errors import CatalogueError
from store.settings import SPACES
from store.snapshot import Snapshot, current_id, snapshot_path
from tests import builders

RULE = 'disclosure = { threshold = 5, zero = "show", status = "proposed", basis = { vi = "Vì ít người." } }\n'
BACH_THONG = "063-2020"  # its communes in the small world: Quang Thuận, Thượng Giáo, Đức Vân, Tân Lập
QUANG_THUAN, THUONG_GIAO, DUC_VAN, TAN_LAP = "02017-2020", "01912-2020", "01951-2020", "02100-2020"
KEYS = ["area_id", "indicator_id", "definition", "period", "role"]


def world(rule: str = RULE) -> definitions.Catalogue:
    texts = builders.definition_texts()
    name = "indicators/pay_rate.toml"
    return definitions.load(texts | {name: rule + texts[name]})


def rows(*figures: tuple[str, float | None, float | None], **facts: object) -> pd.DataFrame:
    table = pd.DataFrame(figures, columns=["area_id", "numerator", "denominator"]).astype(
        {"numerator": float, "denominator": float}
    )
    standard = {
        "indicator_id": "pay_rate",
        "definition": "local_report",
        "period": "2024-Q4",
        "role": "observed",
        "status": "reported",
        "provenance": "uploaded",
    }
    return table.assign(**{**standard, **facts})


def reasons(table: pd.DataFrame, rule: str = RULE) -> list[str]:
    return disclosure.hidden(table, world(rule)).tolist()


@pytest.mark.parametrize(
    ("numerator", "denominator", "reason"),
    [
        (0, 100, ""),
        (1, 100, "primary"),
        (4, 100, "primary"),
        (5, 100, ""),
        (95, 100, ""),
        (96, 100, "primary"),
        (100, 100, ""),
        (0, 4, "primary"),
        (None, 3, "primary"),
        (None, 90, ""),
        (3, None, "primary"),
        (None, None, ""),
        (120, 100, ""),
        (3, 2, "primary"),
    ],
)
def test_cases_others_and_base_are_each_held_against_the_rule(numerator, denominator, reason):
    assert reasons(rows((QUANG_THUAN, numerator, denominator))) == [reason]


def test_a_rule_may_hide_zeros_too():
    hide = RULE.replace('"show"', '"hide"')
    assert reasons(rows((QUANG_THUAN, 0, 100), (DUC_VAN, 100, 100)), hide) == ["primary", "primary"]


def test_only_reported_observations_of_an_indicator_with_a_rule_are_hidden():
    small = (QUANG_THUAN, 2, 100)
    assert reasons(rows(small), "") == [""]
    assert reasons(rows(small, provenance="published")) == [""], "what is in print is known to everybody"
    assert reasons(rows(small, status="no_cases")) == [""]
    assert reasons(rows(small, role="target")) == [""]
    assert reasons(rows(small, indicator_id="device_rate")) == [""]


COMPLETE = ((QUANG_THUAN, 2, 100), (THUONG_GIAO, 9, 80), (DUC_VAN, 40, 90), (TAN_LAP, 30, 70))


def test_a_district_figure_must_not_give_a_commune_back():
    """81 of 340 in the district minus what is shown would be 2 of 100: the next smallest goes too."""
    assert reasons(rows(*COMPLETE, (BACH_THONG, 81, 340))) == ["primary", "secondary", "", "", ""]


def test_a_printed_total_counts_as_well_as_a_reported_one():
    total = rows((BACH_THONG, 81, 340), provenance="published")
    table = pd.concat([rows(*COMPLETE), total], ignore_index=True)
    assert reasons(table) == ["primary", "secondary", "", "", ""]


def test_without_a_total_or_with_a_part_that_nobody_reported_nothing_more_is_hidden():
    assert reasons(rows(*COMPLETE)) == ["primary", "", "", ""]
    assert reasons(rows(*COMPLETE[:3], (BACH_THONG, 81, 340))) == ["primary", "", "", ""]
    other_period = rows((BACH_THONG, 81, 340), period="2023-Q4")
    assert reasons(pd.concat([rows(*COMPLETE), other_period], ignore_index=True))[:4] == [
        "primary",
        "",
        "",
        "",
    ]


def test_where_no_hiding_of_parts_suffices_the_total_goes_too():
    few = ((QUANG_THUAN, 1, 100), (THUONG_GIAO, 0, 80), (DUC_VAN, 0, 90), (TAN_LAP, 1, 70))
    assert reasons(rows(*few, (BACH_THONG, 6, 340))) == [
        "primary",
        "secondary",
        "secondary",
        "primary",
        "secondary",
    ]


def test_what_is_masked_keeps_only_the_fact():
    table = rows((QUANG_THUAN, 2, 100), (DUC_VAN, 40, 90)).assign(
        value=[2.0, 400 / 9], note=["2 hồ sơ", "đủ"]
    )
    shown = disclosure.masked(table, disclosure.hidden(table, world()))
    hidden, open_ = shown.iloc[0], shown.iloc[1]
    assert hidden["status"] == "suppressed"
    assert hidden[["numerator", "denominator", "value", "note"]].isna().all()
    assert (open_["status"], open_["numerator"], open_["note"]) == ("reported", 40, "đủ")
    assert table["note"].tolist() == ["2 hồ sơ", "đủ"], "what came in is not altered"


def test_corrections_of_hidden_figures_are_hidden_at_both_ends():
    """From 2 to 30, from 30 to 2, and from 30 to 31 of a figure that stays hidden for a total's sake."""
    standing = rows(*COMPLETE, (BACH_THONG, 81, 340))
    standing["hidden"] = disclosure.hidden(standing, world())
    ends = pd.DataFrame(
        [
            (QUANG_THUAN, 30, 2),
            (DUC_VAN, 3, 40),
            (THUONG_GIAO, 8, 9),
            (TAN_LAP, 29, 30),
        ],
        columns=["area_id", "old_numerator", "new_numerator"],
    ).assign(
        indicator_id="pay_rate", definition="local_report", period="2024-Q4", role="observed",
        old_denominator=100.0, new_denominator=100.0, old_value=1.0, new_value=2.0,
        old_status="reported", new_status="reported",
    )  # fmt: skip
    shown = disclosure.masked_revisions(ends, standing, world())
    assert shown["new_status"].tolist() == ["suppressed"] * 3 + ["reported"]
    assert shown["old_numerator"].tolist()[3] == 29 and shown.loc[:2, "old_numerator"].isna().all()
    assert shown.loc[:2, ["new_numerator", "new_value", "old_value", "new_denominator"]].isna().all(axis=None)


def test_a_rule_is_checked_when_it_is_read():
    for wrong, key in (
        (RULE.replace("5", "0"), "disclosure.threshold"),
        (RULE.replace('"show"', '"maybe"'), "disclosure.zero"),
    ):
        with pytest.raises(CatalogueError) as caught:
            world(wrong)
        assert [item[1] for item in caught.value.details["mistakes"]] == [key]


def test_a_built_snapshot_gives_nobody_the_hidden_counts(tmp_path):
    """Through the whole way: file, snapshot, reading. The sender's own comparison still sees them."""
    file = (
        "commune,indicator,period,numerator,denominator,value,note\n"
        "Quang Thuận,pay_rate,Quý IV/2023,2,100,,chỉ 2 hồ sơ\n"
        "Đức Vân,pay_rate,Quý IV/2023,40,90,,\n"
    )
    settings = builders.settings(tmp_path, demo={"a.csv": file.encode()})
    path = settings.reference_dir / "indicators" / "pay_rate.toml"
    path.write_text(RULE + path.read_text(encoding="utf-8"), encoding="utf-8")
    for space in SPACES:
        publish.refresh(settings, space)
    opened = Snapshot(snapshot_path(settings, "demo", current_id(settings, "demo")))
    seen = read.figures(opened, areas=[QUANG_THUAN, DUC_VAN], provenances=["illustrative", "uploaded"])
    opened.close()
    by_area = seen.set_index("area_id")
    assert by_area["status"].to_dict() == {QUANG_THUAN: "suppressed", DUC_VAN: "reported"}
    assert by_area.loc[QUANG_THUAN, ["numerator", "denominator", "value", "note"]].isna().all()
    assert by_area.loc[DUC_VAN, "numerator"] == 40
    kept = publish.published_figures(settings, "demo").set_index("area_id")
    assert kept.loc[QUANG_THUAN, "numerator"] == 2
