"""Version and build: one source each, and what is shown where there is none."""

import subprocess
import sys
from pathlib import Path

import pytest

from etl import cli, keep_cli
from store import version

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "f" * 40


def _git(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / ".git" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    return root


def test_the_version_is_that_of_the_project_and_heads_the_changes(root: Path) -> None:
    found = version.version()
    assert found and f'version = "{found}"' in (root / "pyproject.toml").read_text(encoding="utf-8")
    heads = [
        line for line in (root / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line[:3] == "## "
    ]
    assert any(line.startswith(f"## {found} ") for line in heads), "what is in it is told to officials"


def test_the_build_is_the_commit_of_the_tree(root: Path) -> None:
    if not (root / ".git").exists():
        pytest.skip("not a repository")
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=False
    )
    if asked.returncode or (root / version.BUILD).exists():
        pytest.skip("git does not answer here")
    assert version.build() == asked.stdout.strip()[: version.SHORT]


def test_where_the_build_is_found(tmp_path: Path) -> None:
    at = [tmp_path / str(number) for number in range(7)]
    assert version.build(_git(at[0], HEAD="ref: refs/heads/main", refs__heads__main=COMMIT)) == COMMIT[:9]
    assert version.build(_git(at[1], HEAD=OTHER)) == OTHER[:9], "no branch"
    packed = f"# pack-refs with: peeled\n{OTHER} refs/heads/other\n{COMMIT} refs/heads/main\n^{OTHER}"
    _git(at[2], **{"HEAD": "ref: refs/heads/main", "packed-refs": packed})
    assert version.build(at[2]) == COMMIT[:9]
    # A second working tree: a file names its folder, which names the shared one.
    _git(
        at[3],
        HEAD="ref: refs/heads/main",
        refs__heads__side=COMMIT,
        worktrees__x__HEAD="ref: refs/heads/side",
    )
    (at[3] / ".git" / "worktrees" / "x" / "commondir").write_text("../..\n")
    at[4].mkdir()
    (at[4] / ".git").write_text(f"gitdir: {at[3] / '.git' / 'worktrees' / 'x'}\n")
    assert version.build(at[4]) == COMMIT[:9]
    (_git(at[5], HEAD=OTHER) / version.BUILD).write_text("1.0.0-7\n")
    assert version.build(at[5]) == "1.0.0-7", "what packaging wrote goes first"
    (_git(at[6], HEAD="ref: ../../etc/passwd") / version.BUILD).write_text("<b>x</b>\n")
    assert version.build(at[6]) == "", "neither of them is one"


@pytest.mark.parametrize(("language", "words"), [("vi", "không rõ"), ("en", "not known")])
def test_without_any_it_says_so(
    tmp_path: Path, language: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    assert version.version(bare) == "" and version.build(bare) == ""
    monkeypatch.setattr(version, "version", lambda: "")
    monkeypatch.setattr(version, "build", lambda: "")
    assert keep_cli.version_line(language).count(words) == 2


def test_the_command_tells_both(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["--version"])
    said = capsys.readouterr().out
    assert left.value.code == 0 and version.version() in said and (version.build() or "không rõ") in said
    assert sys.version_info >= (3, 11)
