"""A file loaded on the command line is on the page at the next click; a faulty one and the same one change nothing."""

import json
import os
import subprocess
import sys

import pytest

from tests.browser import driver

pytestmark = pytest.mark.browser
GOOD = (
    "\ufeffxã/phường,chỉ tiêu,kỳ,tử số,mẫu số,giá trị,ghi chú\r\n"
    "Xã Quang Thuận,gov_online_payment_rate,2024-Q4,41,173,,\r\n"
    "Phường Sông Cầu,gov_online_payment_rate,2024-Q4,307,911,,\r\n"
)
# Four faults in three lines: an unknown commune, an unknown indicator, a numerator above its denominator, no number.
FAULTY = (
    "commune,indicator,period,numerator,denominator,value,note\n"
    "Xã Không Có,gov_online_payment_rate,2024-Q4,41,173,,\n"
    "Xã Quang Thuận,khong_co,2024-Q4,41,173,,\n"
    "Xã Quang Thuận,gov_ontime_rate,2024-Q4,174,173,,\n"
    "Xã Đức Vân,gov_ontime_rate,2024-Q4,nhiều,173,,\n"
)


def load(runtime, path, *more):
    """``python -m etl load`` for one file in the official space; (exit code, the object it prints)."""
    environ = {**os.environ, "BOARD_RUNTIME": str(runtime), "PYTHONUTF8": "1"}
    command = [
        sys.executable,
        "-m",
        "etl",
        "load",
        str(path),
        "--space",
        "official",
        "--as",
        "UBND xã Quang Thuận",
        "--json",
    ]
    done = subprocess.run(
        [*command, *more], cwd=driver.ROOT, env=environ, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def current(runtime):
    """The published snapshot."""
    return (runtime / "official" / "CURRENT").read_text(encoding="ascii").split()[0]


def test_loaded_file_is_on_the_open_page_at_the_next_click(fresh, tab, tmp_path):
    site, runtime = fresh()
    before = current(runtime)
    good, faulty = tmp_path / "quy-4.csv", tmp_path / "sai.csv"
    good.write_text(GOOD, encoding="utf-8", newline="")
    faulty.write_text(FAULTY, encoding="utf-8")
    driver.visit(tab, site.address("indicator", space="official", indicator="gov_online_payment_rate"))
    tab.evaluate("window.sameSession = true")
    assert before in driver.visible_text(tab)

    def click() -> str:
        """The next thing a reader does: look at the same in the other language. Gives what the page then says."""
        shown = tab.get_by_role("heading", level=1).inner_text() == site.text("indicator.title", "en")
        other = "vi" if shown else "en"
        tab.get_by_test_id("stSidebar").get_by_role("radio", name=site.text("language.name", other)).click()
        driver.arrived(tab, site.text("indicator.title", other))
        return driver.visible_text(tab)

    code, said = load(runtime, faulty)
    assert code == 1 and said["accepted"] == 0 and said["upload_id"] is None
    blocking = {(item["line"], item["column"]) for item in said["findings"] if item["severity"] == "block"}
    assert {line for line, _ in blocking} == {2, 3, 4, 5}, "all faults are named at once"
    assert all(item["message"] for item in said["findings"])
    text = click()
    assert current(runtime) == before and before in text

    code, said = load(runtime, good)
    assert code == 0 and said["accepted"] == 2
    after = said["snapshot_id"]
    assert after != before and current(runtime) == after
    text = click()
    assert after in text and before not in text
    assert "41/173" in text and "307/911" in text

    log = (runtime / "official").rglob("*")
    files = {path: path.read_bytes() for path in log if path.is_file()}
    code, said = load(runtime, good)
    assert code == 0 and said["snapshot_id"] == after
    assert {path: path.read_bytes() for path in (runtime / "official").rglob("*") if path.is_file()} == files
    assert after in click()
    assert tab.evaluate("window.sameSession === true"), "the page was loaded anew"
    assert tab.watch.faults == []
