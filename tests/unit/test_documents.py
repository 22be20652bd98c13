"""What the documents say is so: links lead somewhere, guides in two languages keep in step, sentences, fields and names exist."""

import ast
import hashlib
import importlib.util
import io
import re
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from etl import cli
from tests.unit.test_repository import FILES, ROOT
from watch import lines

DOCS = ROOT / "docs"
# What stands before a generated page is read there, with the rest of it.
PAGES = [path for path in FILES if path.suffix == ".md" and not path.name.endswith(".head.md")]
GUIDES = {"vi": DOCS / "cai-dat.md", "en": DOCS / "install.md"}
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def generator(name: str):
    """A module of the folder docs, which is no package."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def anchors(text: str) -> set[str]:
    """What a link may point to inside a page: ids, and headings as the usual renderers of Markdown name them."""
    prose = _FENCE.sub("", text)
    heads = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    plain = (re.sub(r"<[^>]+>|[`*]|\]\([^)]*\)|\[", "", head) for head in heads)
    named = {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in plain}
    return named | set(re.findall(r'<a id="([^"]+)"', prose))


def broken(path: Path, text: str) -> list[str]:
    """Relative links of a page that lead nowhere."""
    found = []
    for target in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (
            anchor
            and there.suffix == ".md"
            and anchor not in anchors(text_of(there) if there != path else text)
        ):
            found.append(f"{path.relative_to(ROOT).as_posix()} -> {target}")
    return found


def test_every_link_between_files_leads_somewhere():
    assert len(PAGES) > 30
    assert [link for path in PAGES for link in broken(path, text_of(path))] == []


def test_a_link_that_leads_nowhere_is_noticed():
    page = ROOT / "README.md"
    assert broken(page, "[a](docs/none.md) [b](docs/cai-dat.md#none) [c](#none) [d](CONTRIBUTING.md)\n") == [
        "README.md -> docs/none.md",
        "README.md -> docs/cai-dat.md#none",
        "README.md -> #none",
    ]


def test_every_script_that_a_page_names_is_there():
    named = {
        (path.name, script)
        for path in PAGES
        for script in re.findall(r"(?:python3?|py) ((?:[\w-]+/)*\w+\.py)\b", text_of(path))
    }
    assert len(named) > 10
    assert [found for found in sorted(named) if not (ROOT / found[1]).is_file()] == []


def commands(text: str) -> list[str]:
    return [
        line.strip() for block in _FENCE.findall(text) for line in block.splitlines() if "```" not in line
    ]


def test_both_installation_guides_give_the_same_steps():
    one, other = (text_of(path) for path in GUIDES.values())
    assert commands(one) == commands(other) and len(commands(one)) > 15
    for mark in (r"^#+ ", r"^\d+\. ", r"^\|"):
        assert len(re.findall(mark, one, re.MULTILINE)) == len(re.findall(mark, other, re.MULTILINE)), mark


def sentences(language: str) -> set[str]:
    """Every sentence that the product says in a language, holes as dots."""

    def walk(table: dict):
        for value in table.values():
            if isinstance(value, dict):
                yield from walk(value)
            elif isinstance(value, str):
                yield re.sub(r"\{[^}]*\}", "…", value)

    reference = ROOT / "data" / "reference"
    return set(walk(tomllib.loads(text_of(reference / "texts" / f"{language}.toml"))))


@pytest.mark.parametrize("language", GUIDES)
def test_the_sentences_of_the_troubles_are_those_that_are_said(language):
    quoted = re.findall(r"^\| [^|]*?“([^”]+)”", text_of(GUIDES[language]), re.MULTILINE)
    said, start = sentences(language), text_of(ROOT / "start.py")
    assert len(quoted) > 15
    assert [text for text in quoted if text not in said and text not in start] == []


@pytest.mark.parametrize("language", GUIDES)
def test_every_field_of_the_log_is_explained(language):
    text = text_of(GUIDES[language])
    acts = {
        act
        for path in (ROOT / "etl").glob("*.py")
        for act in re.findall(r"@lines\.counted\(\"(\w+)\"", text_of(path))
    }
    record = lines.LOG.makeRecord("board", 20, "", 0, "rerun", (), None, extra={"facts": {}})
    own = set(re.findall(r"\"(\w+)\":", lines.Form(as_json=True).format(record)))
    frame = re.search(
        r"lines\.say\(\s*\"rerun\",(.*?)\n    \)", text_of(ROOT / "views" / "frame.py"), re.DOTALL
    )[1]
    fields = {*own, *lines.FACTS, *acts, *re.findall(r"(\w+)=", frame), "code", "number", "trace", "outcome"}
    assert {"at", "level", "event", "session"} <= fields and acts
    assert [field for field in sorted(fields) if f"`{field}`" not in text] == []


def test_the_architecture_names_what_exists():
    text = text_of(DOCS / "architecture.head.md")
    names = re.findall(r"`((?:metrics|store|etl|views|reports|pages|server|watch)\.[\w.]+)`", text)
    assert len(names) > 30
    missing = []
    for name in names:
        parts, found = name.split("."), False
        for cut in range(len(parts), 0, -1):
            base = ROOT.joinpath(*parts[:cut])
            if base.with_suffix(".py").is_file():
                rest = parts[cut:]
                found = not rest or re.search(
                    rf"^(?:def|class) {rest[0]}\b", text_of(base.with_suffix(".py")), re.MULTILINE
                )
                break
        missing += [] if found else [name]
    assert missing == []
    for path in re.findall(r"`((?:pages/|data/reference/)[\w./]+|\w+\.py)`", text):
        assert (ROOT / path).exists(), path


def test_sizes_may_lie_a_little_off_and_arrows_may_not():
    close = generator("generate_architecture").close
    assert close("etl 100 modules, 9000 lines", "etl 101 modules, 9500 lines")
    assert not close("etl 100 modules, 9000 lines", "etl 101 modules, 12000 lines")
    assert not close("a --> b", "a --> b\nb --> a")


def test_the_licence_is_the_official_text():
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2


def test_the_notices_cover_every_face_and_picture_and_every_pin():
    notices = generator("generate_notices")
    parts = tomllib.loads(text_of(notices.PARTS))["part"]
    covered = [pattern for part in parts for pattern in part.get("where", ())]
    shipped = [
        path.relative_to(ROOT).as_posix() for path in FILES if path.suffix in (".woff2", ".ttf", ".otf")
    ]
    assert len(shipped) >= 8
    assert [name for name in shipped if not any(fnmatch(name, pattern) for pattern in covered)] == []
    assert [part["text"] for part in parts if "text" in part and not (ROOT / part["text"]).is_file()] == []
    assert [pattern for pattern in covered if not any(ROOT.glob(pattern))] == []
    standing = {name: line for (name, _), line in notices.standing().items()}
    pinned = [name for packages in notices.pins().values() for name in packages]
    assert len(pinned) > 70
    assert [name for name in pinned if name not in standing or standing[name][2] == notices.UNKNOWN] == []


def test_a_package_that_is_not_here_keeps_its_line():
    rows = generator("generate_notices").rows
    line = ["no-such-package", "1.0", "MIT", "https://example.org"]
    assert rows({"no-such-package": ["1.0"]}, {("no-such-package", "1.0"): line}) == [line]
    assert rows({"no-such-package": ["1.1"]}, {("no-such-package", "1.0"): line})[0][2] == "?"
    assert rows({"duckdb": ["0.0.1"]}, {})[0][2] == "?", "another version than the one installed says nothing"


def loose(node: ast.AST) -> bool:
    """Whether it opens a text in whatever encoding the system has."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    given = {keyword.arg for keyword in node.keywords}
    modes = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    plain = {
        "read_text": not node.args,
        "write_text": len(node.args) == 1,
        "open": not node.args or (len(node.args) == 1 and modes in (["r"], ["w"], ["a"], ["x"])),
    }
    return plain.get(node.func.attr, False) and "encoding" not in given


class TestWindows:
    """It cannot be run here; what would plainly fail there can be kept out."""

    OWN = [
        path
        for path in FILES
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] not in ("tests", "docs", "data")
    ]

    def test_nothing_that_only_other_systems_have(self):
        only = (
            r"\bos\.(fork|getuid|geteuid|sysconf|setsid|killpg|getpgid|chown|mkfifo|sched_\w+|getloadavg|uname)\b"
            r"|^\s*(import|from) (fcntl|pwd|grp|resource|termios|tty|pty)\b|signal\.SIG(KILL|HUP|USR\d|ALRM)|%-[dmHM]"
        )
        assert len(self.OWN) > 200
        assert [path.name for path in self.OWN if re.search(only, text_of(path), re.MULTILINE)] == []

    def test_texts_are_opened_by_their_encoding(self):
        """That system has one of its own. The marks of start.py are hashes, plain in any."""
        own = [path for path in self.OWN if path.name != "start.py"]
        assert [path.name for path in own if any(map(loose, ast.walk(ast.parse(text_of(path)))))] == []
        for text, found in (
            ("a.read_text()", True), ("a.write_text(b)", True), ("a.open()", True), ('a.open("w", newline="")', True),
            ('a.read_text("utf-8")', False), ('a.write_text(b, encoding="ascii")', False), ('a.open("rb")', False),
            ("archive.open(entry)", False),
        ):  # fmt: skip
            assert loose(ast.parse(text, mode="eval").body) is found, text

    def test_a_file_is_renamed_patiently(self):
        """A virus scanner may hold what was just written for an instant."""
        hasty = re.compile(r"^\s*aside\.replace\(", re.MULTILINE)
        assert [path.name for path in self.OWN if hasty.search(text_of(path))] == []

    def test_what_is_double_clicked_is_plain(self):
        script = (ROOT / "mo-bang.cmd").read_bytes().decode("ascii")
        assert "start.py" in script and "*.cmd text eol=crlf" in text_of(ROOT / ".gitattributes")

    def test_the_command_line_speaks_vietnamese_into_any_redirection(self, monkeypatch, tmp_path):
        out, told = io.BytesIO(), io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="cp1252"))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(told, encoding="cp1252"))
        monkeypatch.setenv("BOARD_RUNTIME", str(tmp_path))
        monkeypatch.setenv("BOARD_SPACE", "nowhere")
        assert cli.main(["status"]) == 1
        sys.stderr.flush()
        assert "không gian số liệu" in told.getvalue().decode("utf-8")


class TestWheels:
    """Libraries that were brought along are installed without asking the network."""

    @pytest.fixture
    def start(self, monkeypatch, tmp_path):
        spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        monkeypatch.setattr(module, "WHEELS", tmp_path / "wheels")
        ran = []
        monkeypatch.setattr(module.subprocess, "run", lambda words, **more: ran.append(words))
        return module, ran

    def test_from_the_folder_where_there_is_one(self, start):
        module, ran = start
        module.install("python", "requirements.txt")
        module.WHEELS.mkdir()
        module.install("python", "requirements.txt")
        assert "--no-index" not in ran[0] and "--require-hashes" in ran[0]
        assert ran[1][ran[1].index("--find-links") + 1] == str(module.WHEELS) and "--no-index" in ran[1]
        assert "--require-hashes" in ran[1]

    def test_the_folder_is_filled_with_what_is_proved(self, start, capsys, monkeypatch):
        module, ran = start
        monkeypatch.setattr(module, "usable", lambda python: True)
        assert module.bring_wheels() == 0
        assert ran[0][3] == "download" and "--require-hashes" in ran[0] and module.WHEELS.is_dir()
        assert str(module.WHEELS) in capsys.readouterr().out
