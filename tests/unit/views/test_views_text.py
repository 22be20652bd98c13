"""Every sentence of the product is in every language, and every key that the code asks for is there."""

import ast
import re
import string
import tomllib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from metrics.coverage import STATES as REPORT_STATES
from metrics.rates import PLACES
from metrics.tiers import STATES
from store import errors
from store.catalogue import DIRECTIONS, KINDS, KNOWLEDGE, UNITS
from views.signin import sentence
from views.text import JOINER, as_label, flatten, languages
from watch import lines

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ROOT / "data" / "reference" / "texts"
FILES = sorted(TEXTS.glob("*.toml"))
SOURCES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py")), *sorted((ROOT / "views").rglob("*.py"))]
FOLDERS = ("views", "pages", "reports", "etl", "store", "metrics")
KEYS = {path.stem: flatten(tomllib.loads(path.read_text(encoding="utf-8"))) for path in FILES}
VI = KEYS["vi"]
FAMILIES = {
    "unit": ("points", "points_short", "times", *(unit for unit in UNITS if unit != "percent")),
    "unit.name": (*UNITS, "points", "criteria"),
    "qualifier": ("gt", "lt", "approx", "approx_below", "implausible"),
    "state": ("reported", "no_cases", "missing", "suppressed", "rate_unknown", "none", *STATES),
    "status": (*KNOWLEDGE, "published"),
    "tier": ("reached", "not_reached", "undecidable"),
    "tiers.rule": ("all", "mandatory_and_share", "points", "counts_only", "unknown"),
    "kind": ("province", "city", "district", "ward", "commune", "township"),
    "period": (
        "quarter",
        "half1",
        "half2",
        "nine_months",
        "year",
        "month",
        "day",
        "before",
        "about",
        "undated",
        "quarter_short",
    ),
    "verdict": ("rise", "fall", "unclear", "unknown", "no_pair"),
    "direction": ("up", "down", "same", "unknown"),
    "provenance": ("published", "uploaded", "illustrative"),
    "role": ("observed", "target"),
    "indicator": DIRECTIONS,
    "say": ("pooled_rise", "pooled_fall", "pooled_unclear", "pooled_unknown"),
    "funnel.place": (*PLACES, "few"),
    "space": ("official", "demo"),
    "map.layer": ("boundary", "sketch", "tiles"),
    "map.measure": ("value", "change", "index", "tier"),
    "operator": ("ge", "gt", "le"),
    "quality.state": REPORT_STATES,
    "quality.about": REPORT_STATES,
}


@cache
def tree(path: Path) -> ast.Module:
    """A file of the code, read once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    """Names between curly brackets."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def calls(name: str) -> list[tuple[Path, ast.Call]]:
    """Calls of something called ``name`` (``text("...")``, ``ctx.text("...")``) on the screen side."""
    found = []
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and node.args:
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if called == name:
                    found.append((path, node))
    return found


@pytest.mark.parametrize("code", sorted(set(KEYS) - {"vi"}))
def test_the_shipped_languages_say_the_same_things(code):
    assert set(KEYS[code]) == set(VI)
    for key, text in VI.items():
        assert type(KEYS[code][key]) is type(text), key
        # Vietnamese writes quarters in Roman numbers, other languages in Arabic ones.
        if key not in ("period.quarter", "period.quarter_short") and not key.startswith("language."):
            own = {name.replace("roman", "number") for name in placeholders(KEYS[code][key])}
            assert own == {name.replace("roman", "number") for name in placeholders(text)}, key


@pytest.mark.parametrize("code", sorted(KEYS))
def test_no_text_is_empty_or_left_in_another_alphabet(code):
    for key, text in KEYS[code].items():
        assert text.strip(), key
        assert "\ufffd" not in text and "Ã" not in text.replace("XÃ", ""), key


def test_every_key_written_in_the_code_exists():
    missing = []
    for path, call in [*calls("text"), *calls("has")]:
        first = call.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value not in VI:
            missing.append(f"{path.name}:{call.lineno} {first.value}")
    assert not missing


def test_every_key_that_is_put_together_in_the_code_has_a_family():
    """``text(f"state.{kind}")`` must match at least one key; the families themselves are listed above."""
    missing = []
    for path, call in calls("text"):
        first = call.args[0]
        if isinstance(first, ast.JoinedStr):
            parts = [
                re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.]+"
                for part in first.values
            ]
            if not any(re.fullmatch("".join(parts), key) for key in VI):
                missing.append(f"{path.name}:{call.lineno} {ast.unparse(first)}")
        start = first.left if isinstance(first, ast.BinOp) else None  # text("state." + kind)
        if isinstance(start, ast.Constant) and not any(key.startswith(start.value) for key in VI):
            missing.append(f"{path.name}:{call.lineno} {ast.unparse(first)}")
    assert not missing


def test_every_key_kept_in_a_table_of_the_code_exists():
    """Keys that travel through variables first: string constants of the form ``table.key``."""
    tables = {key.split(".")[0] for key in VI}
    missing = []
    for path in SOURCES:
        nodes = list(ast.walk(tree(path)))
        pieces = {part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in pieces:
                text = node.value
                if (
                    re.fullmatch(r"[a-z]+(\.[a-z_0-9]+)+", text)
                    and text.split(".")[0] in tables
                    and text not in VI
                ):
                    missing.append(f"{path.name}:{node.lineno} {text}")
    # Codes of errors are looked up under "error.".
    assert not [item for item in missing if f"error.{item.rsplit(' ', 1)[1]}" not in VI]


@pytest.mark.parametrize(("family", "ids"), FAMILIES.items(), ids=FAMILIES)
def test_every_id_has_its_word(family, ids):
    for code, texts in KEYS.items():
        lacking = [name for name in ids if f"{family}.{name}" not in texts]
        assert not lacking, f"{code}.toml [{family}] lacks {lacking}"


def test_every_page_has_a_title_and_a_menu_entry():
    pages = [path.stem for path in (ROOT / "pages").rglob("*.py")]
    assert len(pages) >= 8
    for page in pages:
        assert f"{page}.title" in VI and f"{page}.menu" in VI


def raised(*folders: str) -> dict[str, list[set[str]]]:
    """Code of each of our errors -> names of the facts given, at each place that raises it."""
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    found: dict[str, list[set[str]]] = {}
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(tree(path)):
            own = isinstance(node, ast.Call) and getattr(node.func, "id", "") in kinds and node.args
            if own and isinstance(node.args[0], ast.Constant):
                facts = {keyword.arg for keyword in node.keywords}
                found.setdefault(node.args[0].value, []).append(facts)
    return found


def test_every_error_that_a_page_can_meet_has_a_sentence():
    # Only the command line imports definitions, opens paths and looks up communes by what somebody typed.
    codes = {
        code
        for code in raised("store", "views", "reports", "etl")
        if not code.startswith(("accounts.area_", "backup.", "build.", "dossiers.", "no_file"))
    }
    assert {"snapshot.none", "catalogue.mistakes", "settings.space", "desk.stale", "access.area"} <= codes
    for code, texts in KEYS.items():
        assert not [item for item in sorted(codes) if f"error.{item}" not in texts], code


def test_errors_need_no_facts_that_they_do_not_carry():
    """``number`` is given by whoever says the sentence."""
    known = raised("store", "views", "reports", "etl")
    for texts in KEYS.values():
        for key, text in texts.items():
            if key.startswith("error."):
                given = set.intersection(*known.get(key.removeprefix("error."), [set()]))
                assert placeholders(text) <= {"number", *given}, key


@pytest.mark.parametrize("code", ["vi", "en"])
def test_every_error_makes_one_sentence_whatever_it_carries(known_languages, code):
    language = known_languages[code]
    for key in (key for key in VI if key.startswith("error.")):
        for facts in ({}, {"file": "[x](y) :material/bolt: $1$", "uploads": ["a", "b"], "number": "**7**"}):
            said = sentence(language, errors.BoardError(key.removeprefix("error."), **facts))
            assert said and not re.search(r"\{\w*\}", said) and "[x](" not in said and "**7**" not in said, (
                key
            )
    unknown = sentence(language, errors.BoardError("no.such_code", reason="secret path"))
    assert re.search(r"[0-9a-f]{8}", unknown) and "secret" not in unknown


def test_the_number_of_an_error_stands_in_the_log(vi, caplog):
    said = sentence(vi, errors.BoardError("accounts.unreadable", file="accounts.sqlite", reason="disk"))
    number = re.search(r"[0-9a-f]{8}", said).group()
    line = lines.Form(as_json=False).format(caplog.records[-1])
    assert number in line and "disk" in line
    caplog.clear()
    sentence(vi, errors.AccountError("accounts.name", name="perhaps a password"))
    assert caplog.text == "", "what somebody typed into the wrong box is not kept"


@given(st.text())
@example("[x](javascript:alert(1)) :material/bolt: $x$ <b> www.a.b https://a.b a@b.c -> <=")
def test_text_as_data_has_no_sign_that_markdown_could_read(text):
    shown = as_label(text)
    assert not re.search(rf"[{re.escape(string.punctuation)}]", re.sub(r"\\(.)", "", shown, flags=re.S))
    assert re.sub(r"\\(.)", r"\1", shown, flags=re.S).replace(JOINER, "") == text.replace(JOINER, "")
    bare = re.sub(r"\\(.)", r"\1", shown, flags=re.S)
    assert not re.search(r"https?://|www\.|@\w|->|<-|[<>~]=", bare, re.I)


def test_reasons_to_look_again_are_warnings_of_the_register():
    """A reason without its warning would never be said; a warning without its own reason is said in general words."""
    register = tomllib.loads((ROOT / "data" / "reference" / "findings.toml").read_text(encoding="utf-8"))[
        "code"
    ]
    reasons = {key.removeprefix("quality.why.") for key in VI if key.startswith("quality.why.")} - {"other"}
    assert reasons and not [code for code in reasons if register.get(code, {}).get("severity") != "warn"]


def test_kinds_of_indicators_are_what_the_families_were_written_for():
    assert set(KINDS) == {"rate", "count", "amount", "score"}


def test_a_language_that_lacks_keys_falls_back_to_vietnamese(tmp_path):
    (tmp_path / "vi.toml").write_text((TEXTS / "vi.toml").read_text(encoding="utf-8"), encoding="utf-8")
    own = '[language]\nname = "Tày"\ndecimal = ","\nthousands = " "\n[map]\ntitle = "Bản đồ Tày"\n'
    (tmp_path / "tyz.toml").write_text(own, encoding="utf-8")
    found = languages(tmp_path)
    assert list(found) == ["vi", "en", "tyz"], "over the product's own, never in their place"
    assert found["tyz"].text("map.title") == "Bản đồ Tày"
    assert found["tyz"].text("tiers.title") == VI["tiers.title"]
    assert found["tyz"].text("unit.points", value="1") == "1 điểm phần trăm"
    assert found["tyz"].has("tiers.title") and not found["tyz"].has("no.such.key")
    assert (found["tyz"].decimal, found["tyz"].thousands, found["tyz"].name) == (",", " ", "Tày")
    with pytest.raises(KeyError):
        found["tyz"].text("no.such.key")


def test_vietnamese_comes_first(known_languages):
    assert next(iter(known_languages)) == "vi"


def test_every_key_is_used():
    """Nothing is left over: each key is spelt in the code, or is what an f-string or a sum there puts together out of
    words of the code or of the definitions."""
    spelt, shapes, any_word = set(), set(), r"([\w.-]*)"
    for path in [ROOT / "app.py", *(file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))]:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                spelt.add(node.value)
            elif isinstance(node, ast.Constant) and type(node.value) is int:
                spelt.add(str(node.value))
            parts = node.values if isinstance(node, ast.JoinedStr) else ()
            if isinstance(node, ast.BinOp):
                parts = (node.left, node.right)
            said = [part.value if isinstance(part, ast.Constant) else "" for part in parts]
            if all(isinstance(word, str) for word in said) and re.fullmatch(r"[\w.]{4,}", "".join(said)):
                shapes.add("".join(re.escape(word) if word else any_word for word in said))
    folder = TEXTS.parent
    defined = [*folder.glob("*.*"), *folder.glob("tiers/*.toml"), *folder.glob("indicators/*.toml")]
    words = {word for file in defined for word in re.findall(r"[\w-]+", file.read_text(encoding="utf-8-sig"))}
    words |= {word for text in spelt for word in [text, *re.split(r"[.|]", text)]}

    def known(word: str) -> bool:
        return word.rstrip("12") in words or all(piece in words for piece in word.split(".") if word)

    def used(key: str) -> bool:
        one = key.removesuffix("_one")
        found = filter(None, (re.fullmatch(shape, one) for shape in shapes))
        return bool({key, one} & spelt) or any(all(map(known, match.groups())) for match in found)

    assert [key for key in VI if not key.startswith("language.") and not used(key)] == []
