"""The SQL of dossiers beside a slow twin in plain Python, on small files full of what may be wrong."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from etl.dossiers import compute, table
from etl.dossiers.compute import Computed
from etl.dossiers.duck import DuckEngine
from etl.findings import Severity
from store import catalogue, periods
from tests import dossiers
from tests.dossiers import dossier

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "data" / "reference"
CATALOGUE = catalogue.load(catalogue.read_files(REFERENCE))
TABLE = table.read(REFERENCE, CATALOGUE)
LENIENT = replace(TABLE, most_left_out_percent=100.0)  # so that every figure is seen however faulty the rest
TODAY = date(2026, 2, 1)


def computed(*paths: Path, period: str = "2024-Q4", own: table.Table = LENIENT) -> Computed:
    with DuckEngine() as engine:
        return compute.compute(paths, period, own, CATALOGUE, engine, TODAY)


def said(result: Computed) -> Counter:
    """How often each fault and note about dossiers."""
    about_files = {"dossiers", "no_rows", "zero_restored", "successor"}
    return +Counter({item.code: item.count for item in result.findings if item.code not in about_files})


days = st.sampled_from(
    (
        *("2014-12-31", "2024-09-14", "2024-09-15", "2024-10-20", "2024-12-14", "2024-12-15", "2025-06-14"),
        *("2025-06-15", "2025-06-30", "2025-07-01", "2025-09-14", "2025-09-15", "2026-01-31", "2026-02-02"),
    )
)
strange = st.sampled_from(
    ["", "x", "2024-9-15", "2024-13-01", "10.7", "1_000", " 5", "15/10/2024", "1e3", "-0", "NULL"]
)
flags = st.sampled_from(["1", "0", "true", "Không", "có", "yes", "no"])


def cells(usual: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(*[usual] * 12, strange)


rows = st.lists(
    st.fixed_dictionaries(
        {
            "dossier_no": st.one_of(st.sampled_from(["A1", "A2", "B-7"]), st.uuids().map(str), st.just("")),
            "commune_code": cells(
                st.sampled_from(["01837", "1837", "02173", "02185", "01912", "02071", "01843", "99999"])
            ),
            "received_on": cells(days),
            "due_on": cells(days),
            "finished_on": st.one_of(st.just(""), cells(days)),
            "channel": cells(st.sampled_from(["online", "counter", "post"])),
            "service_level": cells(st.sampled_from(["full", "partial", "none"])),
            "fee_vnd": cells(
                st.sampled_from(["0", "1", "15000", "-1", "1000000000", "1000000001", "9" * 19])
            ),
            **{name: cells(flags) for name in dossiers.FLAGS},
            "updated_at": cells(
                st.sampled_from(["", "2024-10-01", "2024-10-01 08:00:00", "2024-10-02T08:00:00"])
            ),
        }
    ),
    min_size=1,
    max_size=60,
)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows, st.sampled_from(["2024-Q4", "2024-10", "2025-Q3", "2025-Q4", "2025"]))
def test_the_sql_counts_as_plain_python_does(tmp_path: Path, given_rows: list[dict], period: str) -> None:
    result = computed(dossiers.write_csv(tmp_path / "a.csv", given_rows), period=period)
    figures, faults = dossiers.twin(
        given_rows, CATALOGUE, periods.from_id(period, CATALOGUE.administrative_quarters), TODAY
    )
    if figures:
        assert result.figures == figures
    else:
        assert result.blocked
    assert said(result) == faults


def test_csv_and_parquet_of_several_files_give_the_same(tmp_path: Path) -> None:
    many = [dossier(dossier_no=f"A{n}", fee_vnd=str(n % 3), paid_online=str(n % 2)) for n in range(50)]
    apart = [
        dossiers.write_csv(tmp_path / "mot [1].csv", many[:20], delimiter=";"),
        dossiers.write_parquet(tmp_path / "hai's.parquet", many[20:35]),
        dossiers.write_csv(tmp_path / "ba.csv", many[35:], columns=dossiers.COLUMNS[::-1]),
    ]
    together = dossiers.write_parquet(tmp_path / "tat-ca.parquet", many)
    one, other = computed(*apart), computed(together)
    assert one.figures == other.figures and one.dossiers == other.dossiers == 50
    assert one.figures["01837-2020", "gov_online_payment_rate", "local_report"] == {
        "numerator": 17,
        "denominator": 33,
    }
    assert [name for name, _ in one.hashes] == ["mot [1].csv", "hai's.parquet", "ba.csv"]
    assert one.hashes[0][1] != one.hashes[2][1] and len(one.hashes[0][1]) == 64


FAULTS = {
    "missing.due_on": {"due_on": ""},
    "missing.dossier_no": {"dossier_no": ""},
    "unreadable.received_on": {"received_on": "1/10/2024"},
    "unreadable.fee_vnd": {"fee_vnd": "15.000"},
    "unreadable.paid_online": {"paid_online": "x"},
    "unreadable.updated_at": {"updated_at": "hôm qua"},
    "unknown_word.channel": {"channel": "zalo"},
    "date_implausible": {"received_on": "1924-10-01"},
    "finished_before_received": {"finished_on": "2024-09-30"},
    "due_before_received": {"due_on": "2024-09-30"},
    "fee_negative": {"fee_vnd": "-5000"},
    "fee_implausible": {"fee_vnd": "1000000001"},
    "commune_unknown": {"commune_code": "99999"},
}


def test_every_rule_has_a_case() -> None:
    leaving_out = {rule.id for rule in TABLE.rules if rule.severity == table.LEAVE_OUT}
    assert leaving_out <= FAULTS.keys()
    shared = {code.partition(".")[0] for code in FAULTS} | {"number_conflict", "commune_split"}
    assert set(TABLE.said["fault"]) <= shared


@pytest.mark.parametrize("code", FAULTS)
def test_a_faulty_dossier_is_left_out_counted_and_named(tmp_path: Path, code: str) -> None:
    spoiled = [
        dossier(**{"dossier_no": "XẤU", **FAULTS[code]}),
        dossier(**{"dossier_no": "XẤU2", **FAULTS[code]}),
    ]
    result = computed(dossiers.write_csv(tmp_path / "a.csv", [dossier(), *spoiled]))
    assert result.figures["01837-2020", "gov_dossiers_received", "received"] == {"value": 1}
    finding = next(item for item in result.findings if item.code == code)
    assert (finding.count, finding.severity) == (2, Severity.WARN)
    for language, begins, names in (("vi", "2 hồ sơ ", "Ví dụ: "), ("en", "2 dossiers ", "For example: ")):
        sentence = finding.to(language)
        assert sentence.startswith(begins) and names in sentence and "{" not in sentence
    named = " ".join(finding.examples)
    if code not in ("missing.dossier_no", "commune_unknown"):
        assert "XẤU" in named
    for column, cell in FAULTS[code].items():
        if cell and column != "commune_code":
            assert f"{column} = {cell}" in named
    assert code != "commune_unknown" or named == "99999 (2)"


def test_too_many_faulty_dossiers_keep_everything_out(tmp_path: Path) -> None:
    good = [dossier(dossier_no=f"A{n}") for n in range(99)]
    bad = [dossier(dossier_no=f"B{n}", fee_vnd="-1") for n in range(2)]
    at_the_limit = computed(dossiers.write_csv(tmp_path / "a.csv", [*good, bad[0]]), own=TABLE)
    assert not at_the_limit.blocked and at_the_limit.figures
    above = computed(dossiers.write_csv(tmp_path / "b.csv", [*good, *bad]), own=TABLE)
    assert above.blocked and not above.figures
    first = above.findings[0]
    assert first.code == "too_many" and first.severity is Severity.BLOCK
    assert first.to("vi").startswith("Bị loại 2 trên 101 hồ sơ, quá 1%")


def test_of_several_rows_of_a_dossier_the_newest_counts(tmp_path: Path) -> None:
    october = dossier(finished_on="", result_digitised="0", updated_at="2024-10-02")
    december = dossier(updated_at="2024-12-02")
    paths = [
        dossiers.write_csv(tmp_path / "12.csv", [december]),
        dossiers.write_csv(tmp_path / "10.csv", [october]),
    ]
    result = computed(*paths)
    assert result.figures["01837-2020", "gov_dossiers_received", "resolved"] == {"value": 1}
    assert said(result) == {"superseded": 1} and result.dossiers == 1
    same_twice = computed(paths[0], dossiers.write_csv(tmp_path / "again.csv", [december]))
    assert said(same_twice) == {"superseded": 1} and same_twice.dossiers == 1
    contradicting = computed(paths[0], dossiers.write_csv(tmp_path / "x.csv", [{**december, "fee_vnd": "1"}]))
    assert said(contradicting) == {"superseded": 1, "number_conflict": 1} and contradicting.dossiers == 0


def test_without_a_time_of_update_repeated_numbers_must_say_the_same(tmp_path: Path) -> None:
    columns = [name for name in dossiers.COLUMNS if name != "updated_at"]
    twice = dossiers.write_csv(tmp_path / "a.csv", [dossier(), dossier()], columns)
    assert computed(twice).dossiers == 1
    different = dossiers.write_csv(tmp_path / "b.csv", [dossier(), dossier(fee_vnd="1")], columns)
    assert said(computed(different)) == {"superseded": 1, "number_conflict": 1}


def test_the_day_of_receipt_says_what_a_code_means(tmp_path: Path) -> None:
    """Until 30 June 2025 02173 was Côn Minh and 02185 Quang Phong; since then Côn Minh is 02185, and 02173 nobody."""
    waiting = {"finished_on": "", "due_on": "2025-08-01"}
    own = [
        dossier(dossier_no=f"{code} {day}", commune_code=code, received_on=day, **waiting)
        for code in ("02173", "02185")
        for day in ("2025-05-05", "2025-06-30", "2025-07-01")
    ]

    def received(period: str) -> tuple[dict[str, int], Counter, Computed]:
        result = computed(dossiers.write_csv(tmp_path / "a.csv", own), period=period)
        counts = {
            area: figure["value"]
            for (area, indicator, definition), figure in result.figures.items()
            if (indicator, definition) == ("gov_dossiers_received", "received")
        }
        return counts, said(result), result

    assert received("2025-Q2")[0] == {"02173-2020": 1, "02185-2020": 1}
    counts, faults, result = received(
        "2025-Q3"
    )  # 15/6 to 14/9: a unit that ended has no figure of this quarter
    assert counts == {"02185-2025": 3} and faults["commune_unknown"] == 1
    carried = next(item for item in result.findings if item.code == "successor")
    assert carried.count == 4 and carried.to("vi").startswith("4 hồ sơ của đơn vị đã kết thúc")
    assert next(item for item in result.findings if item.code == "commune_unknown").examples == ("02173 (1)",)


def test_a_divided_unit_is_not_guessed(tmp_path: Path) -> None:
    link = CATALOGUE.successors("01837-2020")[0]
    halves = [replace(link, share=0.5), replace(link, share=0.5, new_area_id="01840-2025")]
    kept = [item for item in CATALOGUE.lineage if item.old_area_id != "01837-2020"]
    split = replace(CATALOGUE, lineage=(*kept, *halves))
    row = dossier(received_on="2025-06-20", due_on="2025-08-01", finished_on="")
    path = dossiers.write_csv(tmp_path / "a.csv", [row])
    with DuckEngine() as engine:
        result = compute.compute([path], "2025-Q3", LENIENT, split, engine, TODAY)
    assert said(result) == {"commune_split": 1} and result.blocked


def test_what_files_lack_is_said(tmp_path: Path) -> None:
    def codes(*paths: Path) -> set[tuple[str, Severity]]:
        return {(item.code, item.severity) for item in computed(*paths).findings}

    some = [name for name in dossiers.COLUMNS if name != "parts_digitised"]
    lacking = dossiers.write_csv(tmp_path / "a.csv", [dossier()], some)
    result = computed(lacking)
    assert [item.to("vi") for item in result.findings] == [
        "Không có cột parts_digitised, nên không tính: gov_dossier_digitised_rate."
    ]
    assert not any(indicator == "gov_dossier_digitised_rate" for _, indicator, _ in result.figures)
    whole = dossiers.write_csv(tmp_path / "b.csv", [dossier(dossier_no="B")])
    assert codes(lacking, whole) == {("column_uneven", Severity.BLOCK)}
    without_number = dossiers.write_csv(tmp_path / "c.csv", [dossier()], dossiers.COLUMNS[1:])
    assert codes(without_number) == {("column_missing", Severity.BLOCK)}
    twice = tmp_path / "d.csv"
    twice.write_text(",".join((*dossiers.COLUMNS, "fee_vnd")) + "\n", encoding="utf-8")
    assert codes(twice) == {("column_twice", Severity.BLOCK)}
    named = dossiers.write_csv(
        tmp_path / "e.csv", [{**dossier(), "họ tên": "A"}], (*dossiers.COLUMNS, "họ tên")
    )
    assert [item.facts["columns"] for item in computed(named).findings] == [["họ tên"]]
    assert codes(dossiers.write_csv(tmp_path / "f.csv", [])) == {("no_rows", Severity.BLOCK)}
    later = dossier(received_on="2025-01-02", due_on="2025-01-03", finished_on="")
    assert ("no_rows", Severity.BLOCK) in codes(dossiers.write_csv(tmp_path / "g.csv", [later]))
    ragged = tmp_path / "h.csv"
    ragged.write_text(whole.read_text(encoding="utf-8") + "A,B\n", encoding="utf-8")
    broken = tmp_path / "i.parquet"
    broken.write_bytes(b"PAR1 and no more")
    latin = tmp_path / "j.csv"
    latin.write_bytes(b"dossier_no,x\xe3\n")
    for path in (ragged, broken, latin):
        assert ("unreadable_file", Severity.BLOCK) in codes(path), path.name


def test_a_parquet_column_of_another_type_is_named(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    own = pq.read_table(dossiers.write_parquet(tmp_path / "a.parquet", [dossier()]))
    place = own.schema.get_field_index("fee_vnd")
    pq.write_table(
        own.set_column(place, "fee_vnd", own["fee_vnd"].cast(pa.float64())), tmp_path / "b.parquet"
    )
    finding = computed(tmp_path / "b.parquet").findings[0]
    assert finding.code == "column_type" and "double" in finding.to("vi") and "whole" in finding.to("vi")
