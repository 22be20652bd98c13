"""The mergers of 1 July 2025 on the land of old Bắc Kạn: all 108 former communes and all 37 they became.

``merger_2025.csv`` holds the facts of Resolution 1683/NQ-UBTVQH15 (16 June 2025) with the codes of the lists before and
after: which commune, ward or township joined which. It is changed only by hand, and the difference is read.
"""

import csv
import dataclasses
import json
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pandas as pd
import pytest
import shapely
from shapely.geometry import shape

from etl.inputs import SCHEMA
from etl.places import AreaFinder
from store import catalogue as definitions
from store import lineage, merged, outlines, periods, read
from store.groups import alone, groups
from store.snapshot import Snapshot
from tests.conftest import ROOT
from views import choices, merger, sums, tables
from views import format as fmt
from views.frame import Context
from views.text import languages
from views.theme import theme

SHEET = list(
    csv.DictReader(Path(__file__).with_name("merger_2025.csv").read_text(encoding="utf-8").splitlines())
)
CROSSWALK = Path(__file__).resolve().parents[3] / "shared" / "boundaries" / "bac-kan-crosswalk-2020-2025.csv"
OLD = {f"{row['old_code']}-2020": row["old_name"] for row in SHEET}
NEW = {f"{row['new_code']}-2025": row["new_name"] for row in SHEET}
BECAME = {f"{row['old_code']}-2020": f"{row['new_code']}-2025" for row in SHEET}
MADE_OF = defaultdict(list)
for _old, _new in BECAME.items():
    MADE_OF[_new].append(_old)
RATE, SCORE, AMOUNT, HELD = (
    "gov_online_payment_rate",
    "gov_score_766",
    "gov_online_payment_amount",
    "gov_ontime_rate",
)
BEFORE, AFTER = "2024-Q4", "2025-Q4"
DAYS = [(date(2024, 1, 1) + pd.Timedelta(days=n)).isoformat() for n in range(len(SHEET))]
KEEP = ("uploaded", "published")


@pytest.fixture(scope="module")
def defined():
    return definitions.load(definitions.read_files(ROOT / "data" / "reference"))


def figure(area, indicator, period, counts=(None, None), value=None, **more):
    """One row of the table of figures."""
    in_use = {RATE: "local_report", HELD: "resolved_only"}
    return {
        "area_id": area, "indicator_id": indicator, "definition": in_use.get(indicator, "standard"),
        "period": period, "role": "observed", "numerator": counts[0], "denominator": counts[1], "value": value,
        "value_given": False, "qualifier": "exact", "status": "reported", "provenance": "uploaded", "source": "",
        "note": None, "upload_id": "file", "first_upload_id": "file", "line": 2, "hidden": "", **more,
    }  # fmt: skip


def counts_of(place):
    """Counts of the commune at this place of the sheet: different for each, so that no wrong sum looks right."""
    return 7 + place, 1000 + place * place


def written(path, rows, days):
    """A snapshot of these figures and periods. What is counted when one is built is left out: without it every figure is
    looked at."""
    known = [periods.from_id(day) for day in days]
    calendar = [(item.id, item.kind, item.start, item.end, item.sort_key) for item in known]
    with duckdb.connect(str(path)) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        connection.register("incoming", pd.DataFrame(rows))
        connection.execute("INSERT INTO observation BY NAME SELECT * FROM incoming")
        for table in ("coverage", "way", "doubt"):
            connection.execute(f"DROP TABLE {table}")
        connection.executemany("INSERT INTO period VALUES (?, ?, ?, ?, ?)", calendar)
    return Snapshot(path)


@pytest.fixture(scope="module")
def world(defined, tmp_path_factory):
    """A snapshot in which every former commune reports before the merger and every new one after it. On day n of DAYS the
    n-th commune of the sheet lacks one rate, and another rate of it is hidden."""
    rows = []
    for place, area in enumerate(OLD):
        rows.append(figure(area, RATE, BEFORE, counts_of(place)))
        rows.append(figure(area, AMOUNT, BEFORE, value=1000.0 * place))
        rows.append(figure(area, SCORE, BEFORE, value=50.0, definition="total"))
        for number, day in enumerate(DAYS):
            if number != place:
                rows.append(figure(area, RATE, day, counts_of(place)))
            rows.append(
                figure(area, HELD, day, counts_of(place), hidden="primary" if number == place else "")
            )
    for place, area in enumerate(NEW):
        rows.append(figure(area, RATE, AFTER, (100 + place, 2000 + place)))
    path = tmp_path_factory.mktemp("merger") / "2025-Q4-0123456789ab.duckdb"
    opened = written(path, rows, (BEFORE, AFTER, *DAYS))
    yield SimpleNamespace(snapshot=opened, place={area: n for n, area in enumerate(OLD)})
    opened.close()


@pytest.fixture(scope="module")
def every(world, defined):
    """All figures of the new communes, sums among them."""
    table = merged.figures(world.snapshot, defined, areas=list(NEW), provenances=KEEP)
    return table.set_index(["indicator_id", "period", "area_id"]).sort_index()


def reader(defined, language="vi", **more):
    """A reader before the product's own definitions; links are addresses."""
    known = languages(ROOT / "data" / "reference" / "texts")
    pages = {name: SimpleNamespace(url_path=name) for name in ("area", "indicator", "upload")}
    return Context(
        settings=None, language=known[language], palette=theme("light"), space="official",
        snapshot_id="2025-Q4-0123456789ab", catalogue=defined, meta={}, pages=pages, **more,
    )  # fmt: skip


# ---------------------------------------------------------------- who became what


def test_the_crosswalk_is_the_sheet(defined):
    assert len(OLD) == len(SHEET) == 108 and len(NEW) == 37
    assert {link.old_area_id: link.new_area_id for link in defined.lineage} == BECAME
    assert {link.share for link in defined.lineage} == {1.0}
    assert {link.effective for link in defined.lineage} == {date(2025, 7, 1)}
    assert all("1683/NQ-UBTVQH15" in link.legal_basis.to("vi") for link in defined.lineage)
    vietnamese = reader(defined).language
    for area_id, name in {**OLD, **NEW}.items():
        area = defined.area_by_id[area_id]
        assert (area.level, area.code, fmt.area_full(area, vietnamese)) == (3, area_id[:5], name)
        assert area.valid_on(date(2025, 6, 30)) == (area_id in OLD)
        assert area.valid_on(date(2025, 7, 1)) == (area_id in NEW)
        assert [link.new_area_id for link in defined.successors(area_id)] == [
            BECAME[key] for key in [area_id] if key in BECAME
        ]
        assert sorted(link.old_area_id for link in defined.predecessors(area_id)) == sorted(
            MADE_OF.get(area_id, [])
        )


def test_the_sheet_is_the_crosswalk_of_the_boundaries():
    if not CROSSWALK.exists():
        pytest.skip("no crosswalk beside the product; the sheet beside this test carries its facts")
    rows = list(csv.DictReader(CROSSWALK.read_text(encoding="utf-8-sig").splitlines()))
    theirs = [
        (row["old_gso_code"], row["old_full_name_vi"], row["new_gso_code"], row["new_full_name_vi"])
        for row in rows
    ]
    assert theirs == [tuple(row.values()) for row in SHEET]
    assert {float(row["share_of_old"]) for row in rows} == {1.0}


def test_codes_were_given_again_as_the_notes_say():
    """Every new code was an old one's: 21 of another name or kind, 15 of the same name and more land, one unchanged."""
    old_names = {row["old_code"]: row["old_name"] for row in SHEET}
    kinds = Counter()
    for area, name in NEW.items():
        kinds["other" if old_names[area[:5]] != name else "more" if len(MADE_OF[area]) > 1 else "same"] += 1
    assert kinds == {"other": 21, "more": 15, "same": 1}
    assert MADE_OF["01957-2025"] == ["01957-2020"]
    assert (old_names["01912"], NEW["01912-2025"]) == ("Xã Thượng Giáo", "Xã Chợ Rã")
    assert (old_names["02185"], NEW["02185-2025"], OLD["02173-2020"]) == (
        "Xã Quang Phong",
        "Xã Côn Minh",
        "Xã Côn Minh",
    )
    assert old_names["02071"] == NEW["02071-2025"] == "Xã Nghĩa Tá" and len(MADE_OF["02071-2025"]) == 3


# ---------------------------------------------------------------- sums


@pytest.mark.parametrize("new", list(NEW))
def test_counts_of_a_successor_are_the_sums_of_its_predecessors(world, every, new):
    expected = [counts_of(world.place[old]) for old in MADE_OF[new]]
    row = every.loc[(RATE, BEFORE, new)]
    n, of = (sum(part) for part in zip(*expected, strict=True))
    assert (row["numerator"], row["denominator"], row["status"]) == (n, of, "reported")
    assert row["value"] == pytest.approx(100 * n / of)
    assert sorted(merged.summed_of(row["source"])[0]) == sorted(MADE_OF[new])
    assert every.loc[(AMOUNT, BEFORE, new), "value"] == sum(1000.0 * world.place[old] for old in MADE_OF[new])
    own = every.loc[(RATE, AFTER, new)]
    assert own["numerator"] == 100 + list(NEW).index(new) and merged.summed_of(own["source"]) == ((), ())


def test_no_score_is_added_up(every):
    assert SCORE not in every.index.get_level_values("indicator_id")


@pytest.mark.parametrize("old", list(OLD))
def test_without_any_one_predecessor_there_is_no_sum_and_it_is_named(world, every, defined, old):
    """One commune that lacks a figure takes its successor's sum with it, and nobody else's."""
    day, new = DAYS[world.place[old]], BECAME[old]
    known = set(every.loc[RATE].loc[day].index)
    assert known == set(NEW) - {new}
    why = merged.refusals(
        world.snapshot,
        defined,
        areas=[new],
        indicators={RATE: "local_report"},
        periods=[day],
        provenances=KEEP,
    )
    assert why == {(new, RATE, day): merged.Refusal("lacking", (old,))}


@pytest.mark.parametrize("old", list(OLD))
def test_a_hidden_predecessor_hides_the_sum_and_no_other(world, every, defined, old):
    day, new = DAYS[world.place[old]], BECAME[old]
    rows = every.loc[HELD].loc[day]
    assert rows.index[rows["status"] == "suppressed"].tolist() == [new]
    assert rows.loc[new, ["numerator", "denominator", "value", "note"]].isna().all()
    others = rows.drop(new)
    assert others["denominator"].notna().all() and len(others) == 36


def test_figures_of_former_communes_are_left_as_they_are(world, defined):
    ours = merged.figures(world.snapshot, defined, areas=list(OLD), periods=[BEFORE, AFTER], provenances=KEEP)
    theirs = read.figures(world.snapshot, areas=list(OLD), periods=[BEFORE, AFTER], provenances=KEEP)
    pd.testing.assert_frame_equal(ours, theirs)
    assert not merged.is_sum(ours["source"]).any()


def test_the_periods_of_new_communes_reach_back_where_all_parts_have_figures(world, defined):
    found = merged.times(world.snapshot, defined, areas=list(NEW), provenances=KEEP).set_index("period")
    assert found.loc[[BEFORE, AFTER], "areas"].tolist() == [37, 37]
    assert found.index.tolist() == [*DAYS, BEFORE, AFTER]
    one = merged.times(world.snapshot, defined, areas=["01957-2025"], provenances=KEEP)
    assert one["areas"].eq(1).all()


def test_refusals_across_the_merger(world, defined):
    """Every former commune after its end leads to its successor; a score of a new one before it is refused."""
    why = merged.refusals(
        world.snapshot,
        defined,
        areas=[*OLD, *NEW],
        indicators={RATE: "local_report", SCORE: "total"},
        periods=[BEFORE, AFTER],
        provenances=KEEP,
    )
    for old, new in BECAME.items():
        for indicator in (RATE, SCORE):
            assert why[old, indicator, AFTER] == merged.Refusal("ended", (new,))
            assert (old, indicator, BEFORE) not in why
    for new, parts in MADE_OF.items():
        assert why[new, SCORE, BEFORE].reason == "not_additive"
        assert sorted(why[new, SCORE, BEFORE].areas) == sorted(parts)
        assert (new, RATE, BEFORE) not in why and (new, RATE, AFTER) not in why


# ---------------------------------------------------------------- links, breaks, words


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_of_all_145_point_to_one_another(defined, language):
    ctx = reader(defined, language)
    for area_id in [*OLD, *NEW]:
        area = defined.area_by_id[area_id]
        said = dict(merger.facts(ctx, area))
        found = {key: set(re.findall(r"[?&;]area=([0-9]{5}-20[0-9]{2})", body)) for key, body in said.items()}
        if area_id in OLD:
            own = {BECAME[area_id], *MADE_OF[BECAME[area_id]]}
            assert found == {"area.fact.successor": own}
        else:
            assert found == {"area.fact.predecessors": set(MADE_OF[area_id])}
        assert all("1683/NQ-UBTVQH15" in body for body in said.values())
        assert "1683/NQ-UBTVQH15" in merger.broken(ctx, area)
        assert not re.search(r"\x02|\x03|\{\w*\}", "".join(said.values()) + merger.broken(ctx, area))


def test_every_series_breaks_at_the_merger_and_nowhere_else(defined):
    times = ["2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]
    for area_id in NEW:
        assert lineage.first_after(defined, area_id, times) == 3
        assert lineage.first_after(defined, area_id, times[:3]) is None
        assert lineage.first_after(defined, area_id, times[3:]) is None
    for area_id in OLD:
        assert lineage.first_after(defined, area_id, times) is None
    line = tables.sparkline([0.1, 0.2, 0.3, 0.5, 0.6], 0, 1, broken=3)
    assert [len(run.split()) for run in re.findall(r'points="([^"]*)"', line)] == [3, 2]
    assert 'class="broken"' in line and 'class="broken"' not in tables.sparkline([0.1, 0.2], 0, 1)


def test_a_sum_says_what_it_is(defined, every):
    for language, words in (("vi", "cộng từ 3 xã cũ"), ("en", "sum of 3 former communes")):
        ctx = reader(defined, language)
        assert sums.mark(ctx, every.loc[(RATE, BEFORE, "02185-2025"), "source"]) == words
        assert sums.mark(ctx, every.loc[(RATE, AFTER, "02185-2025"), "source"]) == ""
    ctx = reader(defined)
    assert sums.mark(ctx, every.loc[(RATE, BEFORE, "01843-2025"), "source"]) == "cộng từ 4 đơn vị cũ"
    text = tables.source_text(ctx, every.loc[(RATE, BEFORE, "02185-2025"), "source"])
    assert text == "Cộng số liệu của xã Côn Minh cũ, xã Quang Phong, xã Dương Sơn"
    row = every.loc[(RATE, BEFORE, "02185-2025")].to_dict() | {"share": 0.04}
    assert "cộng từ 3 xã cũ" in tables.cell(ctx, pd.Series(row), defined.indicator_by_id[RATE])


def test_new_communes_are_drawn_as_their_former_ones_together(defined):
    """On the product's own sketch: same land, one piece, and the sketch's own shapes untouched."""
    text = (ROOT / "data" / "reference" / "map" / "sketch.geojson").read_text(encoding="utf-8")
    shapes = [
        {"level": "commune", "area_id": item["properties"]["area_id"], "geometry": item["geometry"]}
        for item in json.loads(text)["features"]
        if item["properties"]["area_id"] in OLD
    ]
    drawn = outlines.with_merged(shapes, defined, [*NEW, *OLD])
    assert drawn[: len(shapes)] == shapes and [item["area_id"] for item in drawn[len(shapes) :]] == list(NEW)
    sizes = {item["area_id"]: shape(item["geometry"]).area for item in drawn}
    for item in drawn[len(shapes) :]:
        assert sizes[item["area_id"]] == pytest.approx(sum(sizes[old] for old in MADE_OF[item["area_id"]]))
        assert not shapely.is_ccw(
            shape(item["geometry"]).geoms[0].exterior
            if item["geometry"]["type"] != "Polygon"
            else shape(item["geometry"]).exterior
        )
    some = outlines.with_merged(shapes[1:], defined, NEW)
    assert BECAME[shapes[0]["area_id"]] not in {item["area_id"] for item in some}


# ---------------------------------------------------------------- addresses and uploads


@pytest.mark.parametrize("area_id", [*OLD, *NEW])
def test_every_commune_is_in_a_group_that_a_page_can_show(defined, area_id):
    holding = [group for group in groups(defined).values() if area_id in group.area_ids]
    assert holding and all(len({area.valid_to for area in group.areas}) == 1 for group in holding)


def test_communes_outside_every_group_stand_by_themselves(defined):
    known = groups(defined).values()
    strangers = [
        area for area in defined.areas if area.level == 3 and not any(area in g.areas for g in known)
    ]
    assert strangers and all(area.role == "reference" for area in strangers)
    assert alone(strangers[0]).areas == (strangers[0],)


@pytest.mark.parametrize("code", [area[:5] for area in NEW])
def test_a_code_that_was_given_again_means_the_unit_of_the_period(defined, code, monkeypatch):
    old, new = f"{code}-2020", f"{code}-2025"
    address: dict[str, str] = {}
    monkeypatch.setattr(choices, "st", SimpleNamespace(query_params=address, session_state={}))
    for period, meant in (("2025-Q2", old), ("2025-Q3", new), (AFTER, new), (BEFORE, old)):
        address.update({"area": code, "after": period})
        assert choices._addressed(defined).id == meant
        assert choices.namesakes(reader(defined)) == ()
    for period in ("2025", "2025-9M", "", "nonsense"):  # no one unit existed throughout
        address.update({"area": code, "after": period})
        assert choices._addressed(defined) is None
        named = choices.namesakes(reader(defined))
        assert [area.id for area in named] == [old, new]
        body = merger.namesakes(reader(defined), named)
        assert f"area={old}" in body and f"area={new}" in body
    address.update({"area": new, "after": BEFORE})
    assert choices._addressed(defined).id == new and choices.namesakes(reader(defined)) == ()


def test_the_group_follows_the_commune_that_the_address_names(defined, monkeypatch):
    known = groups(defined)
    for area_id in [*OLD, *NEW]:
        state: dict[str, str] = {}
        monkeypatch.setattr(
            choices, "st", SimpleNamespace(query_params={"area": area_id}, session_state=state)
        )
        choices.follow_area(defined, known)
        group = known[state.get("keep:group", next(iter(known)))]
        assert area_id in group.area_ids
        if area_id in known["pilot"].area_ids:
            assert group.id == "pilot"


@pytest.mark.parametrize("code", [area[:5] for area in NEW])
def test_uploads_read_a_code_as_of_their_period(defined, code):
    finder = AreaFinder(defined)
    for period, meant in (("2025-Q2", "2020"), ("2025-06", "2020"), ("2025-Q4", "2025"), ("2025-07", "2025")):
        assert finder.find(code, periods.from_id(period)).area.id == f"{code}-{meant}"
    # The quarter from 15 June: the unit that reports it is the one that exists at its end.
    assert finder.find(code, periods.from_id("2025-Q3")).area.id == f"{code}-2025"
    for period in ("2025", "2025-9M"):
        assert finder.find(code, periods.from_id(period)).reason == "spans"


def test_uploads_read_a_name_as_of_its_period(defined):
    finder = AreaFinder(defined)
    for names, period in ((OLD, "2025-Q2"), (NEW, "2025-Q4")):
        for area_id, name in names.items():
            assert finder.find(name, periods.from_id(period)).area.id == area_id, name
    shared = set(OLD.values()) & set(NEW.values())
    assert "Xã Côn Minh" in shared and len(shared) >= 15
    assert finder.find("Côn Minh", periods.from_id("2025-Q2")).area.id == "02173-2020"
    assert finder.find("Côn Minh", periods.from_id("2025-Q4")).area.id == "02185-2025"
    assert finder.find("Quang Phong", periods.from_id("2025-Q4")).reason == "not_valid"


def test_a_code_of_an_ended_unit_is_refused_after_it(defined):
    finder = AreaFinder(defined)
    for area_id in OLD:
        if f"{area_id[:5]}-2025" not in NEW:
            assert finder.find(area_id[:5], periods.from_id(AFTER)).reason == "not_valid"


# ---------------------------------------------------------------- what is refused


def refused(defined, tmp_path, rows, links=None):
    """(sums, refusals) of Côn Minh and Thượng Quan in the last quarter of 2024 for a table of figures."""
    own = dataclasses.replace(defined, lineage=links) if links else defined
    opened, areas = written(tmp_path / "2024-Q4-0123456789ab.duckdb", rows, [BEFORE]), ["02185-2025"]
    found = merged.figures(opened, own, areas=areas, provenances=KEEP)
    why = merged.refusals(
        opened, own, areas=areas, indicators={RATE: "local_report"}, periods=[BEFORE], provenances=KEEP
    )
    opened.close()
    return found, why.get(("02185-2025", RATE, BEFORE))


CON_MINH = ("02173-2020", "02185-2020", "02188-2020")


def test_print_and_reports_are_never_added_together(defined, tmp_path):
    rows = [figure(area, RATE, BEFORE, (1, 10)) for area in CON_MINH]
    rows[1]["provenance"] = "published"
    found, why = refused(defined, tmp_path, rows)
    assert found.empty and why.reason == "mixed"


def test_print_beside_complete_reports_does_not_disturb_their_sum(defined, tmp_path):
    rows = [figure(area, RATE, BEFORE, (1, 10)) for area in CON_MINH]
    rows.append(figure(CON_MINH[0], RATE, BEFORE, (9, 10), provenance="published"))
    found, why = refused(defined, tmp_path, rows)
    assert found["numerator"].tolist() == [3] and found["provenance"].tolist() == ["uploaded"] and why is None


@pytest.mark.parametrize(
    "odd", [{"numerator": None, "denominator": None, "value": 10.0}, {"qualifier": "gt"}]
)
def test_printed_shares_and_rough_counts_are_not_added_up(defined, tmp_path, odd):
    rows = [figure(area, RATE, BEFORE, (1, 10)) for area in CON_MINH]
    rows[2] |= odd
    found, why = refused(defined, tmp_path, rows)
    assert found.empty and why == merged.Refusal("uncounted", (CON_MINH[2],))


def test_a_divided_unit_gives_no_sum(defined, tmp_path):
    rows = [figure(area, RATE, BEFORE, (1, 10)) for area in CON_MINH]
    links = tuple(
        dataclasses.replace(link, share=0.4) if link.old_area_id == CON_MINH[0] else link
        for link in defined.lineage
    )
    found, why = refused(defined, tmp_path, rows, links)
    assert found.empty and why == merged.Refusal("divided", (CON_MINH[0],))


def test_figures_in_two_definitions_are_not_added_together(defined, tmp_path):
    rows = [figure(area, RATE, BEFORE, (1, 10)) for area in CON_MINH]
    rows[1]["definition"] = "766_portal"
    found, why = refused(defined, tmp_path, rows)
    assert found.empty and why == merged.Refusal("lacking", (CON_MINH[1],))


def test_no_cases_count_as_none_of_none(defined, tmp_path):
    rows = [figure(area, RATE, BEFORE, (4, 10)) for area in CON_MINH]
    rows[0] |= {"numerator": None, "denominator": None, "status": "no_cases"}
    found, why = refused(defined, tmp_path, rows)
    assert (found.at[0, "numerator"], found.at[0, "denominator"], why) == (8, 20, None)
    for row in rows:
        row |= {"numerator": None, "denominator": None, "status": "no_cases"}
    (tmp_path / "2024-Q4-0123456789ab.duckdb").unlink()
    found, why = refused(defined, tmp_path, rows)
    assert found["status"].tolist() == ["no_cases"] and why is None


def test_mergers_of_merged_units_are_followed_back(defined, tmp_path):
    """Were Côn Minh merged once more, its sums would reach through both mergers."""
    later = dataclasses.replace(
        defined.area_by_id["02185-2025"], id="02185-2030", valid_from=date(2030, 1, 1)
    )
    ended = dataclasses.replace(defined.area_by_id["02185-2025"], valid_to=date(2029, 12, 31))
    link = dataclasses.replace(
        defined.lineage[0], old_area_id=ended.id, new_area_id=later.id, effective=date(2030, 1, 1)
    )
    areas = (*(ended if area.id == ended.id else area for area in defined.areas), later)
    own = dataclasses.replace(defined, areas=areas, lineage=(*defined.lineage, link))
    origins = lineage.Origins(own)
    assert origins.of(later.id, date(2024, 12, 14)).ids == CON_MINH
    assert origins.of(later.id, date(2026, 1, 1)).ids == (ended.id,)
    assert origins.of(later.id, date(2031, 1, 1)).ids == (later.id,)
    assert set(origins.ancestors([later.id])) == {ended.id, *CON_MINH}
