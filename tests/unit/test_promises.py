"""The list of promises names checks that exist, and the command judges by them."""

import ast
import re

import pytest

from tests import promises

GROUPS, LIST = promises.read()


@pytest.mark.parametrize("promise", LIST, ids=[promise["id"] for promise in LIST])
def test_what_a_promise_names_is_there(promise):
    known = {"id", "group", "says", "tests", "measures", "commands", "measured", "unchecked"}
    assert set(promise) <= known and promise["group"] in GROUPS and promise["says"].endswith(".")
    assert any(key in promise for key in ("tests", "measures", "commands", "unchecked"))
    for node in promise.get("tests", ()):
        file, _, name = node.partition("::")
        path = promises.ROOT / file
        assert path.is_dir() or path.name.startswith("test_"), node
        if name:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert name in {part.name for part in tree.body if isinstance(part, ast.FunctionDef)}, node
        else:
            assert path.exists(), node
    for measure in promise.get("measures", ()):
        path = promises.BENCHES / measure["run"][0]
        assert path.exists() and "collected.row" in path.read_text(encoding="utf-8"), measure
        assert re.compile(measure["case"]) and len({"most", "least", "most_own"} & set(measure)) == 1
    for words in promise.get("commands", ()):
        assert (promises.ROOT / words[0]).is_file(), words


def test_every_promise_has_a_name_of_its_own_and_every_group_some():
    assert len({promise["id"] for promise in LIST}) == len(LIST)
    assert [group for group in GROUPS if any(promise["group"] == group for promise in LIST)] == list(GROUPS)


REPORT = b"""<testsuites><testsuite>
<testcase classname="tests.a" name="test_one[x]" file="tests/a.py"/>
<testcase classname="tests.a" name="test_one[y]" file="tests/a.py"><failure message="assert 1 == 2&#10;more"/></testcase>
<testcase classname="tests.b" name="test_two" file="tests/b.py"/>
<testcase classname="tests.b" name="test_three" file="tests/b.py"><skipped message="no browser"/></testcase>
</testsuite></testsuites>"""


def stands(long=False, rows=None, codes=None, **promise):
    return promises.judge(promise, promises.outcomes(REPORT), rows or {}, codes or {}, long)


@pytest.mark.parametrize(
    ("ended", "code", "said"), [("", 0, promises.HOLDS), ("<failure message='no'/>", 1, promises.BROKEN)]
)
def test_a_run_that_was_made_is_judged_and_not_made_again(ended, code, said, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(promises, "run_tests", None)
    case = '<testcase file="tests/unit/test_extension.py" classname="x" name="test_it">'
    report = tmp_path / "report.xml"
    report.write_text(
        f"<testsuites><testsuite>{case}{ended}</testcase></testsuite></testsuites>", encoding="utf-8"
    )
    assert promises.main(["--only", "data-only", "--report", str(report)]) == code
    assert f"{said}: data-only" in capsys.readouterr().out


def test_a_promise_holds_by_its_tests():
    assert stands(tests=["tests/b.py::test_two"]) == (promises.HOLDS, [])
    assert stands(tests=["tests/a.py", "tests/b.py"]) == (promises.BROKEN, ["tests/a.py: assert 1 == 2"])
    assert stands(tests=["tests/a.py::test_one"])[0] == promises.BROKEN
    assert stands(tests=["tests/b.py::test_three"]) == (promises.OPEN, ["tests/b.py::test_three: no browser"])
    assert stands(tests=["tests/c.py"])[0] == promises.OPEN, "what did not run holds nothing"
    assert stands(unchecked="nobody can") == (promises.OPEN, ["nobody can"])


def test_a_promise_holds_by_what_is_measured():
    row = {"case": "map: switch", "own": 30.0, "floor": 10.0, "floor_is": "bare", "facts": {"errors": 0}}
    rows = {("b.py",): [row, {**row, "case": "tiers: switch", "own": 12.0}]}

    def by(**limit):
        measure = {"run": ["b.py"], "case": ".*: switch", **limit}
        return stands(True, rows, measures=[measure])[0]

    assert (by(most=3), by(most=2.9)) == (promises.HOLDS, promises.BROKEN), "the worst decides"
    assert (by(least=1.2), by(least=1.3)) == (promises.HOLDS, promises.BROKEN)
    assert (by(most_own=30), by(most_own=29)) == (promises.HOLDS, promises.BROKEN)
    assert by(most_own=0, fact="errors") == promises.HOLDS
    assert by(most=9, floor="another") == promises.OPEN
    measure = {"run": ["b.py"], "case": ".*", "most": 1}
    assert stands(True, {("b.py",): None}, measures=[measure])[0] == promises.BROKEN
    assert stands(False, rows, measures=[measure]) == (promises.OPEN, [promises.LONG])
    tests = ["tests/b.py::test_two"]
    assert stands(False, rows, measures=[measure], tests=tests) == (promises.SHORT, [promises.LONG])
    assert stands(True, {}, {("f.py", "1"): 0}, commands=[["f.py", "1"]])[0] == promises.HOLDS
    assert stands(True, {}, {("f.py", "1"): 3}, commands=[["f.py", "1"]])[0] == promises.BROKEN


def test_a_file_takes_its_single_tests_along():
    asked = [{"tests": ["tests/a.py::test_one", "tests/a.py"]}, {"tests": ["tests/b.py::test_two"]}]
    assert promises.tests_of(asked) == ["tests/a.py", "tests/b.py::test_two"]
