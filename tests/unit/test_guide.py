"""The user's guide: what it quotes stands on the screen, its pictures and links are there, the product serves all of it."""

import asyncio
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.applications import Starlette

from docs import quick_card
from reports import typeset
from server import guide, routes
from views import guide as ways
from views.text import flatten

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted(guide.FOLDER.glob("*.md"))
READ = {path.stem: path.read_text(encoding="utf-8") for path in GUIDES}
TEXTS = flatten(tomllib.loads((ROOT / "data/reference/texts/vi.toml").read_text(encoding="utf-8")))
LABEL = re.compile(r"\*\*“([^”]+)”\*\*")
PICTURE = re.compile(r"!\[([^]]*)\]\(([^)]+)\)")
LETTERS = 4  # a text that is hardly more than a placeholder names nothing


def screen(text):
    """A pattern of how a text of the product stands on the screen; None where it says next to nothing of its own."""
    text = text.replace("**", "").strip()
    if len(re.sub(r"\W", "", re.sub(r"\{[^}]*\}", "", text))) < LETTERS and "{" in text:
        return None
    return re.compile(re.sub(r"\\\{[^}]*?\\\}", ".+", re.escape(text)))


SCREENS = [pattern for text in TEXTS.values() if (pattern := screen(text))]


def stands(label):
    """Whether some text of the product reads so."""
    return any(pattern.fullmatch(label) for pattern in SCREENS)


@dataclass
class Answer:
    """What a reader's browser gets."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        return self.body.decode()


def get(path):
    """Ask the product's own addresses, without a server; in a thread, for another test may keep a loop running here."""
    sent = []

    async def ask():
        async def receive():
            await asyncio.sleep(60)  # a reader who has asked and waits

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "root_path": "", "scheme": "http",
            "query_string": b"", "headers": [], "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 5000),
        }  # fmt: skip
        await Starlette(routes=routes.ROUTES)(scope, receive, send)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, ask()).result()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def test_the_three_kinds_of_users_have_a_guide_each():
    assert set(READ) == {"README", "ban-chi-dao", "can-bo", "trinh-chieu"}
    for name in set(READ) - {"README"}:
        assert f"({name}.md)" in READ["README"] and READ[name].count("\n## ") >= 6


@pytest.mark.parametrize("name", READ)
def test_every_label_stands_on_the_screen(name):
    labels = LABEL.findall(READ[name].replace("\n   ", " ").replace("\n", " "))
    assert len(labels) >= 10
    assert [label for label in labels if not stands(label)] == []


def test_a_label_that_the_product_has_not_is_noticed():
    assert (
        not stands("Gửi số liệu ngay")
        and not stands("Nút này không có")
        and stands("Tải bản đánh dấu của a.xlsx")
    )


def test_every_picture_is_there_and_every_picture_is_used():
    used = [target for text in READ.values() for _, target in PICTURE.findall(text)]
    there = {f"hinh/{path.name}": path for path in (guide.FOLDER / "hinh").iterdir()}
    assert set(used) == set(there) and len(used) == len(set(used))
    assert all(words.strip() for text in READ.values() for words, _ in PICTURE.findall(text))
    front = re.findall(r"!\[[^]]+\]\((docs/images/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    images = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "images").iterdir()}
    assert front and set(front) <= images, "README shows the product"
    assert (
        sum(path.stat().st_size for path in [*there.values(), *(ROOT / name for name in images)]) < 4_000_000
    )


class Told(HTMLParser):
    """Tags that were opened and not closed, places to jump to, and what is linked or shown."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.targets = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.targets += [found[key] for key in ("href", "src") if key in found]
        if tag not in ("img", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_product_serves_every_guide_with_its_pictures_and_links():
    assert get("/huong-dan").headers["location"].endswith("/huong-dan/")
    for name in READ:
        here = f"/huong-dan/{'' if name == 'README' else name}"
        answer = get(here)
        told = Told(answer.text)
        assert answer.status == 200 and told.open == [] and 'lang="vi"' in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "**" not in answer.text and ".md" not in answer.text and "](" not in answer.text
        for target in told.targets:
            path, _, place = target.partition("#")
            if target.startswith("../"):
                continue
            other = get(f"/huong-dan/{path.removeprefix('./')}") if path else answer
            assert other.status == 200, target
            assert not place or place in Told(other.text).ids, target


@pytest.mark.parametrize(
    "name", ["../app.py", "khong-co", "hinh/", "hinh/../README.md", "README.md", "%2e%2e/generate.py"]
)
def test_nothing_else_is_served(name):
    assert get(f"/huong-dan/{name}").status == 404


def test_markdown_is_read_as_the_guides_write_it_and_other_words_stay_text():
    made = guide.body(
        "1. Một\n   hai **ba**:\n   - bốn;\n   - năm.\n2. *0* <script>\n\n| A | B |\n|---|---|\n| `c` | d |"
    )
    assert made.startswith(
        "<ol><li>Một hai <strong>ba</strong>:<ul><li>bốn;</li><li>năm.</li></ul></li><li><em>0</em> &lt;script&gt;"
    )
    assert "<td><code>c</code></td><td>d</td>" in made


def test_the_pages_lead_to_parts_of_the_guide_that_are_there():
    for parts in ways.PARTS.values():
        for key, where in parts:
            path, _, place = where.partition("#")
            answer = get(f"/{ways.HOME}{path}")
            assert answer.status == 200 and TEXTS[key]
            assert not place or place in Told(answer.text).ids


def test_the_quick_card_has_two_pages_and_is_current():
    source = quick_card.source()
    assert typeset.pages(source) == 2
    assert (ROOT / "docs" / quick_card.CARD).read_bytes() == quick_card.card(), "run: python docs/generate.py"
    assert len({code for code, _ in quick_card.MISTAKES}) == 10
    for words in (
        "“119/1112” là hai số trong một ô.",
        "01837",
        "01843",
        TEXTS["state.suppressed"],
        TEXTS["share.have"],
    ):
        assert words in source
    assert "{" not in "".join(
        cell for row in [*quick_card.mistakes(), *quick_card.communes()] for cell in row
    )
