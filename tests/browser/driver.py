"""A real browser and a real server for tests and benchmarks: find, start, wait, read, stop."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
USUAL = {
    "Darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ),
    "Windows": (
        r"Google\Chrome\Application\chrome.exe",
        r"Chromium\Application\chrome.exe",
        r"Microsoft\Edge\Application\msedge.exe",
    ),
}
# The resolver rule cuts the network for every name but this machine. Playwright's routing would do so too, but it
# switches the browser's cache off, and then every page would fetch its scripts anew.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)
LOOPBACK = ("127.0.0.1", "localhost")
TROUBLE = '[data-testid="stAlert"], [data-testid="stException"]'
# Done: connected, no run in progress, no spinner or placeholder left, and still so at the next look.
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return !!app && app.dataset.testScriptState === "notRunning"
    && !document.querySelector('[data-testid="stSpinner"], [data-testid="stSkeleton"], [data-stale="true"]');
}"""
# Text that is seen, also inside shadow roots. Names of icons are drawn as signs by the icon font, so they are left out.
TEXT = """() => {
  const words = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentElement;
      if (node.data.trim() && (!parent || getComputedStyle(parent).visibility === "visible")) words.push(node.data.trim());
      return;
    }
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE"].includes(node.tagName)) return;
      if (node.dataset.testid === "stIconMaterial" || getComputedStyle(node).display === "none") return;
      if (node.tagName === "INPUT" && node.value) words.push(node.value);
      if (node.shadowRoot) walk(node.shadowRoot);
    }
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return words.join("\\n");
}"""


def find_browser() -> str | None:
    """Path of an installed Chromium or relative of it: ``BOARD_CHROMIUM``, the search path, the usual places."""
    named = os.environ.get("BOARD_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    for name in NAMES:
        if found := shutil.which(name):
            return found
    places = USUAL.get(platform.system(), ())
    if platform.system() == "Windows":
        folders = [
            os.environ[key]
            for key in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
            if key in os.environ
        ]
        places = tuple(str(Path(folder) / place) for folder in folders for place in places)
    return next((place for place in places if Path(place).is_file()), None)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server process of its own; ends with ``stop`` by its own process id."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], folder: Path = ROOT) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(tempfile.mkdtemp(prefix="board-server-")) / "log.txt"
        options = (
            "--server.port",
            str(self.port),
            "--server.address",
            "127.0.0.1",
            "--server.headless",
            "true",
        )
        self.began = time.perf_counter()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *options],
                cwd=folder,
                env={**os.environ, **environ},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait(self, seconds: float = 40) -> float:
        """Wait until the server says it is well; returns the seconds since its process was started."""
        while time.perf_counter() - self.began < seconds:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2) as answer:
                    if answer.status == 200:
                        return time.perf_counter() - self.began
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        text = self.text()
        self.stop()
        raise RuntimeError(f"the server did not start:\n{text}")

    def text(self) -> str:
        """What the server has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End this process and no other."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        shutil.rmtree(self.log.parent, ignore_errors=True)


def serve(runtime: Path, **environ: str) -> Server:
    """The product itself, on a runtime folder of the caller's."""
    own = {
        "BOARD_RUNTIME": str(runtime),
        "BOARD_SPACE": "auto",
        "BOARD_LANGUAGE": "vi",
        "PYTHONUTF8": "1",
        **environ,
    }
    return Server([sys.executable, "serve.py"], own)


def is_local(url: str) -> bool:
    """Whether a request stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in LOOPBACK


def settle(page, seconds: float = 20) -> None:
    """Wait until the page has drawn what it has to draw."""
    page.wait_for_function(SETTLED, timeout=seconds * 1000, polling=30)


def visible_text(page) -> str:
    """Everything a reader can read, one piece a line."""
    return page.evaluate(TEXT)


def visit(page, address: str, seconds: float = 20) -> None:
    """Open an address and wait for the note that ends every page, then for everything else."""
    page.goto(address)
    arrived(page, seconds=seconds)


def move(page, address: str, title: str, seconds: float = 20) -> None:
    """Come to another address of the open product as by the browser's back and forward: nothing is loaded anew."""
    page.evaluate(
        "(url) => { history.pushState(null, '', url); dispatchEvent(new PopStateEvent('popstate')); }",
        address,
    )
    arrived(page, title, seconds)


def arrived(page, title: str | None = None, seconds: float = 20) -> None:
    """Wait until a page (with this title) is drawn down to its source note; a page that shows an error fails at once."""
    heading = page.get_by_role("heading", level=1)
    (heading.filter(has_text=title) if title else heading).first.wait_for(timeout=seconds * 1000)
    settle(page, seconds)
    page.locator(f".source, {TROUBLE}").first.wait_for(timeout=seconds * 1000)
    trouble = page.locator(TROUBLE)
    assert trouble.count() == 0, f"{page.url} shows: {trouble.all_inner_texts()}"


def seen(page, text: str, seconds: float = 20) -> None:
    """Wait until a text can be read somewhere on the page and everything is drawn."""
    page.get_by_text(text).first.wait_for(timeout=seconds * 1000)
    settle(page, seconds)


def menu_link(page, name: str):
    """A page's link in the sidebar."""
    return page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True)
