"""Which version of the product runs, and from which build: one number, in pyproject.toml.

The build is the commit of the working tree, or what the file BUILD beside pyproject.toml says: packaging writes it where no
repository goes along. Neither: empty, which is shown as not known.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = "BUILD"
SHORT = 9  # signs of a commit
_BUILD = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]{0,39}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@lru_cache(maxsize=4)
def version(root: Path = ROOT) -> str:
    """As in pyproject.toml; empty where that file was not taken along."""
    try:
        return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    except (OSError, ValueError, KeyError):
        return ""


@lru_cache(maxsize=4)
def build(root: Path = ROOT) -> str:
    """What packaging wrote, else the commit; empty when neither is known."""
    written = _text(root / BUILD)
    if _BUILD.fullmatch(written):
        return written
    return _commit(root)[:SHORT]


def _commit(root: Path) -> str:
    """The commit of the working tree, read from the repository's own files: no program need be installed."""
    git = root / ".git"
    if git.is_file():  # a second working tree names the folder of its own
        git = root / _text(git).removeprefix("gitdir:").strip()
    head = _text(git / "HEAD")
    if _COMMIT.fullmatch(head):
        return head
    name = head.removeprefix("ref:").strip()
    if not re.fullmatch(r"refs/[\w./-]+", name) or ".." in name:
        return ""
    shared = git / _text(git / "commondir") if (git / "commondir").exists() else git
    for folder in (git, shared):
        if _COMMIT.fullmatch(found := _text(folder / name)):
            return found
    packed = (line.split() for line in _text(shared / "packed-refs").splitlines())
    return next((words[0] for words in packed if words[1:] == [name] and _COMMIT.fullmatch(words[0])), "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
