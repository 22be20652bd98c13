"""The whole way by the guide alone, from an empty folder: ``python tests/benchmark/from_empty.py [--python PYTHON]``.

Clones the product's last commit and does what README and docs/oidc.md say, with the command line and a browser and nothing
else: sets it up, makes the first administrator by the one-time code, trusts a sign-in service (here the tests' own provider),
lets one person send a quarter and a second one accept it, opens the show without network, makes the reports, backs up,
destroys, restores, and compares every figure. Prints each step with its seconds and ends with 1 when one fails.

``--python`` takes an environment that is there instead of the one that ``start.py`` makes (minutes, and the network);
``--set-up`` ends after the setting up; ``--keep`` leaves the folder. Needs git, Chromium and the environment of the tests.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Error as PlaywrightError  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tests.browser import driver  # noqa: E402
from tests.oidc_provider import Person, Provider  # noqa: E402

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
PASSWORD = "một câu ngắn dễ nhớ"
PEOPLE = {name: Person(f"{name}@coquan.example") for name in ("quantri", "lan", "hoa")}
FILE = """xã/phường,chỉ tiêu,kỳ,tử số,mẫu số,giá trị,ghi chú
Phường Sông Cầu,gov_online_payment_rate,2024-Q4,307,911,,
"""
PAY = "gov_online_payment_rate"
SET_UP_S = 1800  # the first time libraries are fetched


class Failed(Exception):
    """A step did not do what the guide says."""


class Way:
    """The clone, its settings, its server and its browser."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder, self.board = folder, folder / "board"
        self.given, self.port = python, driver.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {
            key: value for key, value in os.environ.items() if not key.startswith(("BOARD_", "STREAMLIT_"))
        }
        self.environ |= {"BOARD_SECOND_PERSON": "1", "PYTHONUTF8": "1"}
        self.server: subprocess.Popen | None = None
        self.log = folder / "server.txt"

    @property
    def python(self) -> str:
        """The interpreter of the product's environment, as README names it."""
        own = self.board / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        return self.given or str(own)

    def run(self, *words: object, typed: str = "", needs: int = 0) -> str:
        """A command of the product; what it says. Failed for another exit code than needed."""
        done = subprocess.run(
            [self.python, *map(str, words)], cwd=self.board, env=self.environ, input=typed, capture_output=True,
            text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        if done.returncode != needs:
            raise Failed(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def start(self) -> None:
        """README's first command; with a given environment, what it does after making its own."""
        options = ["--server.port", str(self.port), "--server.headless", "true"]
        if self.given:
            self.run("-m", "etl", "init")
            code = self.run("-m", "etl", "users", "first-code", "--if-needed")
            command = [self.given, "serve.py", "--server.address", "localhost", *options]
        else:
            code, command = "", [sys.executable, "start.py", "run", *options]
        self.log.write_text(code, encoding="utf-8")
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                command,
                cwd=self.board,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=os.name != "nt",
            )
        until = time.monotonic() + SET_UP_S
        while time.monotonic() < until and self.server.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise Failed(
            f"the server does not answer:\n{self.log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
        )

    def stop(self) -> None:
        """End the server and what it started, and nothing else."""
        if self.server is None:
            return
        if os.name == "nt":
            self.server.terminate()
        elif self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGTERM)
        try:
            self.server.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.server.pid, signal.SIGKILL) if os.name != "nt" else self.server.kill()
            self.server.wait(15)
        self.server = None
        self._gone()

    def _gone(self) -> None:
        """Wait until nobody listens: start.py may end before the server that it started, which would answer for the next."""
        until = time.monotonic() + 15
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)):
                    return
            time.sleep(0.1)
        raise Failed("the server that was stopped still listens")

    def text(self, key: str) -> str:
        """A text of the product."""
        found: object = tomllib.loads(
            (self.board / "data/reference/texts/vi.toml").read_text(encoding="utf-8")
        )
        for part in key.split("."):
            found = found[part]  # type: ignore[index]
        return str(found)

    def address(self, page: str) -> str:
        """A page of the official space."""
        return f"{self.url}/{page}?space=official"


@contextmanager
def step(name: str) -> Iterator[None]:
    """One line for what is done, with its seconds."""
    began = time.monotonic()
    print(f"{name} …", flush=True)
    yield
    print(f"  {time.monotonic() - began:.1f} s", flush=True)


def tab_of(browser):
    """Somebody's own browser."""
    tab = browser.new_context(
        locale="vi-VN", viewport={"width": 1280, "height": 1000}, accept_downloads=True
    ).new_page()
    tab.set_default_timeout(60_000)
    return tab


def need(holds: object, what: str) -> None:
    """Failed unless it holds."""
    if not holds:
        raise Failed(what)


def first_administrator(way: Way, browser) -> None:
    """By the code that the server printed, on the page of accounts."""
    code = CODE.search(way.log.read_text(encoding="utf-8"))
    need(code, "the server printed no one-time code")
    tab = tab_of(browser)
    tab.goto(way.address("tai-khoan"))
    for key, value in (
        ("code", code[0]),
        ("name", "quantri"),
        ("display", "Hoàng Quản Trị"),
        ("new_password", PASSWORD),
    ):
        tab.get_by_label(way.text(f"signin.{key}"), exact=True).fill(value)
    tab.get_by_role("button", name=way.text("signin.create")).click()
    driver.seen(tab, "Hoàng Quản Trị", 60)
    tab.context.close()


def trust(way: Way, provider: Provider) -> None:
    """What docs/oidc.md says: secrets, addresses of people, the setting; then the server again."""
    redirect = f"{way.url}/oauth2callback"
    provider.returns.append(redirect)
    secrets = way.board / ".streamlit" / "secrets.toml"
    secrets.write_text(provider.secrets_toml(redirect), encoding="utf-8")
    secrets.chmod(0o600)
    users = ("-m", "etl", "users")
    way.run(*users, "change", "quantri", "--identity", PEOPLE["quantri"].email)
    way.run(
        *users, "add", "lan", "--role", "reporter", "--area", "01837-2020", "--identity", PEOPLE["lan"].email
    )
    way.run(*users, "add", "hoa", "--role", "appraiser", "--identity", PEOPLE["hoa"].email)
    need(secrets.name not in git(way.board, "status", "--porcelain"), "git would take the secrets along")
    way.stop()
    way.environ["BOARD_SIGN_IN"] = "oidc"
    way.start()


def enter(way: Way, browser, person: str, page: str):
    """Sign in through the service, from the page that asks for it."""
    tab = tab_of(browser)
    tab.goto(way.address(page))
    tab.get_by_role("button", name=way.text("signin.button"), exact=True).click()
    tab.get_by_role("button", name=person, exact=True).click()
    tab.wait_for_url(f"{way.url}/{page}**")
    driver.settle(tab, 60)
    return tab


def send_and_accept(way: Way, browser) -> None:
    """One person sends, and may not accept; a second one does."""
    report = way.folder / "quy-4.csv"
    report.write_text(FILE, encoding="utf-8-sig")
    way.run("-m", "etl", "check", report)
    sender = enter(way, browser, "lan", "gui-so-lieu")
    sender.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(str(report))
    sender.locator('[data-part="changes"]').wait_for()
    driver.settle(sender, 60)
    for box in sender.get_by_test_id("stMain").get_by_test_id("stCheckbox").all():
        box.locator("label").click()
        driver.settle(sender, 60)
    sender.get_by_role("button", name=way.text("upload.send"), exact=True).click()
    driver.seen(sender, way.text("upload.sent_waiting").split("{")[0].strip(), 60)
    other = enter(way, browser, "hoa", "duyet-cong-bo")
    other.get_by_role("button", name=way.text("publish.accept"), exact=True).click()
    driver.seen(other, way.text("publish.accepted").split("{")[0].strip(), 60)
    for tab in (sender, other):
        tab.context.close()


def figure_on_the_page(way: Way, browser) -> None:
    """Anybody reads it."""
    tab = tab_of(browser)
    tab.goto(f"{way.address('chi-tieu')}&indicator={PAY}")
    driver.seen(tab, "307/911", 60)
    tab.context.close()


def present(way: Way, browser, folder: Path) -> int:
    """The show as one file, opened without network; how many slides were turned."""
    file = folder / "trinh-chieu.html"
    way.run("-m", "reports", "show", "--space", "official", "--out", file)
    tab = tab_of(browser)
    tab.context.set_offline(True)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(file.as_uri())
    now = tab.locator(".deck.now .slide.now")
    now.wait_for()
    seen = [now.inner_text()]
    for _ in range(60):
        tab.keyboard.press("PageDown")
        if now.inner_text() == seen[-1]:
            break
        seen.append(now.inner_text())
    need(len(seen) > 5 and "10,7%" in " ".join(seen), f"the show has {len(seen)} slides")
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    need(not outside, f"the show asks the network: {outside}")
    tab.context.close()
    return len(seen)


def report(way: Way, folder: Path) -> None:
    """The committee's report as PDF and DOCX."""
    paper, document = folder / "bao-cao.pdf", folder / "bao-cao.docx"
    way.run("-m", "reports", "print", "--space", "official", "--out", paper)
    way.run("-m", "reports", "document", "--space", "official", "--out", document)
    need(paper.read_bytes().startswith(b"%PDF-"), "the PDF is none")
    with zipfile.ZipFile(document) as parts:
        words = re.sub(r"<[^>]+>", "", parts.read("word/document.xml").decode())
    need("Sông Cầu" in words and "10,7" in words, "the DOCX says nothing of Sông Cầu")
    if shutil.which("pdftotext"):
        done = subprocess.run(
            ["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True, check=True
        )
        need("Sông Cầu" in done.stdout and "10,7" in done.stdout, "the PDF says nothing of Sông Cầu")


def figures(way: Way, file: Path) -> bytes:
    """All figures as they leave the product."""
    way.run("-m", "reports", "package", "--space", "official", "--out", file)
    with zipfile.ZipFile(file) as parts:
        names = sorted(name for name in parts.namelist() if name.endswith(".csv"))
        text = b"".join(parts.read(name) for name in names)
    need(b"307" in text and b"911" in text, "the package lacks what was sent")
    return text


def back_up_destroy_restore(way: Way, browser) -> None:
    """Everything written by the installation goes, and comes back from one file."""
    before = figures(way, way.folder / "truoc.zip")
    kept = way.folder / "sao-luu.zip"
    way.run("-m", "etl", "backup", kept)
    way.stop()
    shutil.rmtree(way.board / "data" / "runtime")
    way.run("-m", "etl", "restore", kept)
    way.run("-m", "etl", "log", "--verify")
    way.run("-m", "etl", "users", "log", "--verify")
    way.start()
    need(figures(way, way.folder / "sau.zip") == before, "figures differ after the restore")
    figure_on_the_page(way, browser)
    tab = enter(way, browser, "hoa", "duyet-cong-bo")
    need(tab.locator('[data-part="log"]').count() == 1, "the appraiser is not known after the restore")
    tab.context.close()


def git(folder: Path, *words: str) -> str:
    """What git says."""
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def main(words: list[str]) -> int:
    """Go the whole way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default="", help="an environment that is there")
    parser.add_argument("--set-up", action="store_true", help="only set up, by README's first command")
    parser.add_argument("--keep", action="store_true", help="leave the folder and say where")
    asked = parser.parse_args(words)
    folder = Path(tempfile.mkdtemp(prefix="board-whole-way-"))
    way = Way(folder, asked.python)
    began = time.monotonic()
    try:
        go(way, asked.set_up)
    except (Failed, AssertionError, subprocess.CalledProcessError, PlaywrightError) as error:
        print(f"FAILED: {error}", flush=True)
        return 1
    finally:
        way.stop()
        if asked.keep:
            print(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"the whole way: {time.monotonic() - began:.0f} s")
    return 0


def go(way: Way, only_set_up: bool) -> None:
    """Every step."""
    with step("git clone"):
        if git(ROOT, "status", "--porcelain"):
            print("  what is not committed stays behind")
        subprocess.run(["git", "clone", "-q", str(ROOT), str(way.board)], check=True)
    with step("README's first command" if not way.given else "set up with the environment given"):
        way.start()
    if only_set_up:
        return
    path = driver.find_browser()
    need(path, "no browser found")
    with Provider(PEOPLE) as provider, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(driver.ARGUMENTS))
        with step("the first administrator, by the one-time code"):
            first_administrator(way, browser)
        with step("OpenID Connect against the local provider"):
            trust(way, provider)
        with step("a quarter sent by one person, accepted by a second"):
            send_and_accept(way, browser)
            figure_on_the_page(way, browser)
        with step("presented without network"):
            print(f"  {present(way, browser, way.folder)} slides")
        with step("reported as PDF and DOCX"):
            report(way, way.folder)
        with step("backed up, destroyed, restored, figures equal"):
            back_up_destroy_restore(way, browser)
        need(not provider.wrong, f"the provider refused: {provider.wrong}")
        browser.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
