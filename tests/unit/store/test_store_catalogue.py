"""Definitions are data: read into frozen objects, and every mistake of every file is named in one go."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from store import catalogue
from store.definition_files import Reader
from store.definitions import Words
from store.errors import CatalogueError
from tests import builders

SCHEME = """
id = "demo"
name = { vi = "Phân hạng" }
kind = "points"
status = "proposed"
rule = "points"
bands = [{ lower = 90, name = { vi = "Tốt" } }]
[[criterion]]
no = 1
name = { vi = "Thanh toán" }
indicator = "pay_rate"
operator = "ge"
threshold = 50
max_points = 100
status = "proposed"
"""
EXTRA = """
[goalposts]
worst = 0
best = 100
status = "proposed"
[target]
value = 50
"""


PROGRAMME = """id,space,kind,name_vi,name_en,owner_vi,owner_en,due,status,done_on,evidence_vi,evidence_en,source,indicator
a,official,task,Việc A,Item A,Văn phòng,Office,2024-06-30,ongoing,,,,paper,pay_rate
b,official,objective,Việc B,,,,,done,2024-05-01,Báo cáo,Report,paper,
"""


def _with(file: str, change: Callable[[str], str]) -> catalogue.Catalogue:
    texts = builders.definition_texts()
    texts[file] = change(texts.get(file, ""))
    return catalogue.load(texts)


def _mistakes(file: str, change: Callable[[str], str]) -> list[tuple[str, str, str]]:
    with pytest.raises(CatalogueError) as wrong:
        _with(file, change)
    return wrong.value.details["mistakes"]


def test_the_small_world_is_read() -> None:
    own = builders.catalogue()
    assert [area.id for area in own.pilots] == ["01837-2020", "02017-2020", "01912-2020", "01951-2020"]
    ward = own.area_by_id["01837-2020"]
    assert (ward.code, ward.label_lon, ward.aliases) == ("01837", 105.05, ("Song Cau", "P.Sông Cầu"))
    assert ward.valid_on(date(2025, 6, 30)) and not ward.valid_on(date(2025, 7, 1))
    assert own.successors("01837-2020")[0].new_area_id == "01843-2025"
    assert own.predecessors("01843-2025")[0].share == 1.0
    rate = own.indicator_by_id["pay_rate"]
    assert rate.is_rate and rate.higher_is_better and rate.default_definition == "local_report"
    assert rate.definition("766_portal").name.to("en") == "Cổng 766"
    with pytest.raises(KeyError):
        rate.definition("x")
    assert own.indicator_by_id["doc_count"].definitions[0].id == "standard"
    assert own.source_by_id["paper"].kind == "press" and own.headline == () and own.administrative_quarters
    assert Words({"vi": "a"}).to("fr") == "a"


def test_schemes_goalposts_targets_and_weights() -> None:
    texts = builders.definition_texts()
    texts["indicators/pay_rate.toml"] = texts["indicators/pay_rate.toml"].replace(
        "[[definitions]]", EXTRA + "[[definitions]]", 1
    )
    texts["tiers/demo.toml"] = SCHEME
    texts["index.toml"] = (
        '[index]\nmean = "geometric"\n[[pillar]]\nid = "gov"\nweight = 1\nindicators = [{ id = "pay_rate", weight = 2 }]\n'
    )
    own = catalogue.load(texts)
    assert own.scheme_by_id["demo"].criteria[0].threshold == "50"
    assert own.indicator_by_id["pay_rate"].goalposts.best == 100
    assert own.indicator_by_id["pay_rate"].target.year is None
    assert (own.index.mean, own.index.weights, own.index.pillar_weights) == (
        "geometric",
        {"pay_rate": 2.0},
        {"gov": 1.0},
    )


def test_the_programme_is_read_and_judged_by_the_day() -> None:
    first, second = _with("programme.csv", lambda _: PROGRAMME).programme
    assert (first.name.to("en"), first.owner.to("vi"), first.due) == (
        "Item A",
        "Văn phòng",
        date(2024, 6, 30),
    )
    assert [first.state_on(date(2024, 6, day)) for day in (29, 30)] == ["ongoing", "ongoing"]
    assert first.state_on(date(2024, 7, 1)) == "late", "overdue only after the due day"
    assert second.state_on(date(2024, 5, 1)) == "done"
    assert second.state_on(date(2024, 4, 30)) == "ongoing", "what is done later was not done yet"
    assert builders.catalogue().programme == (), "an installation without the file has none"


@pytest.mark.parametrize(
    ("old", "new", "place", "key"),
    [
        ("b,official", "a,official", "programme.csv:3", "id"),
        ("b,official", ",official", "programme.csv:3", "id"),
        ("a,official", "a,elsewhere", "programme.csv:2", "space"),
        ("a,official", "a,demo", "programme.csv:2", "source"),
        (",task,", ",wish,", "programme.csv:2", "kind"),
        ("Việc A", "", "programme.csv:2", "name_vi"),
        ("2024-06-30", "30/6/2024", "programme.csv:2", "due"),
        ("ongoing", "half", "programme.csv:2", "status"),
        ("ongoing,", "ongoing,2024-01-01", "programme.csv:2", "done_on"),
        ("Báo cáo,Report", ",", "programme.csv:3", "evidence_vi"),
        ("paper,pay_rate", "nobody,pay_rate", "programme.csv:2", "source"),
        ("pay_rate", "x", "programme.csv:2", "indicator"),
        ("owner_vi,", "", "programme.csv", "owner_vi"),
    ],
)
def test_mistakes_of_the_programme_name_file_and_row(old: str, new: str, place: str, key: str) -> None:
    found = _mistakes("programme.csv", lambda _: PROGRAMME.replace(old, new, 1))
    assert (place, key) in {item[:2] for item in found}


def test_every_mistake_is_named_at_once() -> None:
    texts = builders.definition_texts()
    texts["pillars.toml"] = "broken ="
    del texts["periods.toml"]
    with pytest.raises(CatalogueError) as wrong:
        catalogue.load(texts)
    files = {item[0] for item in wrong.value.details["mistakes"]}
    assert {"pillars.toml", "periods.toml", "indicators/pay_rate.toml"} <= files


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("indicators/pay_rate.toml", 'id = "pay_rate"', 'id = "other"', "id"),
        ("indicators/pay_rate.toml", 'kind = "rate"', 'kind = "x"', "kind"),
        ("indicators/pay_rate.toml", 'kind = "rate"\n', "", "kind"),
        ("indicators/pay_rate.toml", "min = 0", "min = 200", "valid"),
        ("indicators/pay_rate.toml", 'denominator = { vi = "mẫu" }\n', "", "denominator"),
        (
            "indicators/pay_rate.toml",
            "[[definitions]]",
            'default_definition = "x"\n[[definitions]]',
            "default_definition",
        ),
        (
            "indicators/pay_rate.toml",
            "[[definitions]]",
            EXTRA.replace("best = 100", "best = -1") + "[[definitions]]",
            "goalposts",
        ),
        ("areas.csv", "01912-2020", "01837-2020", "area_id"),
        ("areas.csv", ",058-2020,06-2020,4.06", ",999,06-2020,4.06", "01837-2020.parent_id"),
        ("areas.csv", "105.05", "east", "label_lon"),
        ("areas.csv", "2020-02-01", "soon", "valid_from"),
        ("lineage.csv", "01837-2020", "0", "old_area_id"),
        (
            "index.toml",
            "[index]",
            '[[pillar]]\nid = "gov"\nweight = 1\nindicators = [{ id = "pay_rate", weight = 1 }]\n[index]',
            "pay_rate",
        ),
        ("identities.toml", '"equal"', '"same"', "1.relation"),
        ("identities.toml", '"gov_online_filing_rate"', '"x"', "1.part.indicator"),
        ("identities.toml", '"online"', '"x"', "2.part.definition"),
        ("identities.toml", '"denominator"', '"share"', "1.part.measure"),
        ("tiers/demo.toml", "", SCHEME.replace('"demo"', '"x"'), "id"),
        ("tiers/demo.toml", "", SCHEME.replace('operator = "ge"\n', ""), "operator"),
        ("tiers/demo.toml", "", SCHEME.replace('"pay_rate"', '"x"'), "criterion 1"),
        (
            "tiers/demo.toml",
            "",
            SCHEME.replace('max_points = 100\nstatus = "proposed"', 'status = "x"'),
            "criterion 1 status",
        ),
        ("tiers/demo.toml", "", SCHEME.replace("max_points = 100", "max_points = 90"), "max_points"),
    ],
)
def test_mistakes(file: str, old: str, new: str, key: str) -> None:
    assert key in {
        item[1] for item in _mistakes(file, lambda text: text.replace(old, new, 1) if old else new)
    }


PILOT = (
    '[pilot]\nstart = 2023-06-14\nstatus = "proposed"\nsource = "paper"\nbasis = { vi = "Ngày ban hành" }\n'
)


def test_the_day_the_pilot_began_is_data_and_may_be_unknown() -> None:
    files = builders.definition_texts()
    assert catalogue.load(files).pilot is None
    found = catalogue.load({**files, "periods.toml": files["periods.toml"] + PILOT}).pilot
    assert (found.start, found.status, found.source) == (date(2023, 6, 14), "proposed", "paper")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("2023-06-14", '"tháng 6"', "pilot.start"),
        ("2023-06-14", "2023-06-14T08:00:00", "pilot.start"),
        ('"paper"', '"x"', "pilot.source"),
        ('"proposed"', '"sure"', "pilot.status"),
    ],
)
def test_mistakes_about_the_pilot_s_beginning(old: str, new: str, key: str) -> None:
    assert key in {item[1] for item in _mistakes("periods.toml", lambda text: text + PILOT.replace(old, new))}


def test_a_commune_an_indicator_a_scheme_are_one_file_each() -> None:
    facts = {"vi": "Chỉ tiêu mới", "en": "New", "kind": "count", "unit": "count", "min": 0, "max": 9}
    own = catalogue.load(
        {
            **builders.definition_texts(),
            "indicators/new.toml": builders.indicator_toml("new", 0, facts),
            "tiers/demo.toml": SCHEME,
            "areas_reference.csv": builders.table(
                [
                    {
                        "area_id": "new-place",
                        "kind": "commune",
                        "level": "3",
                        "name_vi": "Nơi Mới",
                        "name_fr": "Nouveau",
                    }
                ],
                [*builders.AREA_COLUMNS, "name_fr"],
            ),
        }
    )
    assert own.indicators[0].id == "new" and own.area_by_id["new-place"].name.to("fr") == "Nouveau"


def test_files_are_read_without_texts_and_colours(tmp_path: Path) -> None:
    for name in ("a.csv", "texts/vi.toml", "theme.toml", "tiers/x.toml", "map/make.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\ufeffx", encoding="utf-8")
    assert catalogue.read_files(tmp_path) == {"a.csv": "x", "tiers/x.toml": "x"}


def test_what_one_reader_does_to_a_parsed_file_no_other_sees() -> None:
    files = {"a.toml": 'names = ["một"]\n[inner]\nword = "hai"\n'}
    first = Reader(files).toml("a.toml")
    first["names"].append("ba")
    first["inner"]["word"] = "bốn"
    assert Reader(files).toml("a.toml") == {"names": ["một"], "inner": {"word": "hai"}}
