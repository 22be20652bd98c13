"""A hidden figure shows nowhere. Two installations that differ in nothing but a hidden count must look alike to the
last letter, on every page, in every drawing and in every file that can be taken away."""

import re
import shutil

import pytest

from etl import publish
from reports.workbook import to_csv
from store.settings import read_settings
from store.snapshot import current_id
from tests.pages import office, visit

PAY, QUANG_THUAN = "gov_online_payment_rate", "02017-2020"
RULE = 'disclosure = { threshold = 5, zero = "show", status = "proposed", basis = { vi = "Vì ít người.", en = "Few." } }\n'
SECRETS = ("3,160", "4,150")  # both hidden, both without any other warning


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """Two installations of the demo, each with another small count of Quang Thuận in the last quarter."""
    made = []
    for secret in SECRETS:
        folder = tmp_path_factory.mktemp("twin")
        shutil.copytree(visit.ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("runtime"))
        file = folder / "data/reference/indicators" / f"{PAY}.toml"
        text = re.sub(r"(?m)^disclosure = .*\n", "", file.read_text(encoding="utf-8"))
        file.write_text(RULE + text, encoding="utf-8")
        quarter = folder / "data/demo/2024-Q4.csv"
        text, count = re.subn(
            rf"(?m)^(\ufeff?(?:Xã Quang Thuận|02017|2017),{PAY},[^,]*),\d+,\d+",
            rf"\1,{secret}",
            quarter.read_text(encoding="utf-8"),
        )
        assert count == 1
        quarter.write_text(text, encoding="utf-8")
        environ = {"BOARD_DATA": str(folder / "data"), "BOARD_RUNTIME": str(folder / "runtime")}
        settings = read_settings(environ)
        for space in ("official", "demo"):
            publish.refresh(settings, space)
        made.append((environ, current_id(settings, "demo")))
    return made


@pytest.fixture
def seen(twins, monkeypatch):
    """Everything a reader can meet in one installation: words, markup and drawings of every page, and its downloads."""
    from views import frame

    def look(number: int, language: str, pages) -> dict[str, str]:
        environ, snapshot = twins[number]
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        office.forget()
        offered: list = []
        monkeypatch.setattr(frame, "downloads", lambda ctx, name, make: offered.append((name, make, ctx)))
        at = visit.start(lang=language, space="demo")
        found: dict[str, str] = {}
        for page, choices in pages:
            offered.clear()
            shown = visit.read(visit.go(at, page, lang=language, space="demo", **choices))
            assert not shown.problems, shown.problems
            found[page] = "\n".join([*shown.words.values(), *shown.panels.values(), *_drawings(at)])
            for name, make, ctx in offered:
                found[f"{page}/{name}"] = to_csv(make(ctx)).decode("utf-8-sig")
        office.forget()
        return {place: text.replace(snapshot, "bản số liệu") for place, text in found.items()}

    return look


def _drawings(at) -> list[str]:
    return [element.proto.spec for element in at.main if element.type == visit.CHART]


@pytest.mark.parametrize("language", list(visit.TEXTS))
def test_nobody_can_tell_one_hidden_count_from_another(seen, language):
    choices = {"indicator": PAY, "area": QUANG_THUAN, "after": "2024-Q4", "before": "2023-Q4"}
    pages = [(page, choices) for page in visit.OF_FIGURES]
    one, other = seen(0, language, pages), seen(1, language, pages)
    assert one.keys() == other.keys() and len(one) > len(pages)
    assert [place for place in one if one[place] != other[place]] == []
    hidden = visit.TEXTS[language]["state.suppressed"]
    for page in ("change", "area", "indicator", "tiers", "map"):
        assert hidden in one[page], page
