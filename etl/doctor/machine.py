"""What the machine brings: Python, libraries, settings, folders, disk, fonts, secrets, Spark."""

import difflib
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from etl.doctor import LANGUAGES, Said, bad, good, warn
from store import layout
from store.errors import LayoutError, SettingsError
from store.settings import SPACES, Settings, environment, known_names, read_settings

ROOT = Path(__file__).resolve().parents[2]
OLDEST = (3, 11)
# A building holds a new snapshot beside the old ones; with less, publishing may fail in its midst.
ROOM_NEEDED, ROOM_WANTED = 200 * 2**20, 2 * 2**30
FONTS = ("IBMPlexSans-Regular.woff2", "IBMPlexSans-Medium.woff2", "IBMPlexSans-SemiBold.woff2")
# What tests and measurements are told by; nothing to the product.
OF_TESTS = ("BOARD_REQUIRE_", "BOARD_CHROMIUM", "BOARD_BENCH_", "BOARD_EVERY_LOOK")
SECRETS = ".streamlit/secrets.toml"
JAVA = 17


def settings_read() -> tuple[Settings | None, list[Said]]:
    """(the settings, what is to be said of them); None where they mean nothing."""
    found = list(_unknown_names())
    try:
        settings = read_settings()
    except SettingsError as error:
        name = f"BOARD_{error.code.removeprefix('settings.').upper()}"
        value = "" if "store" in error.code else str(error.details.get("value", ""))
        return None, [*found, bad("settings_wrong", name=name, value=value)]
    if settings.language not in LANGUAGES:
        found.append(warn("settings_language", value=settings.language))
    if not found:
        found = [good("settings", space=settings.space, runtime=settings.runtime_dir)]
    return settings, found


def _unknown_names() -> Iterator[Said]:
    known = known_names()
    for name in sorted(environment()):
        if name.startswith("BOARD_") and name not in known and not name.startswith(OF_TESTS):
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            key = "settings_near" if near else "settings_unknown"
            yield warn(key, name=name, near=near[0] if near else "")


def _python(_: Settings | None) -> Iterator[Said]:
    version, oldest = ".".join(map(str, sys.version_info[:3])), ".".join(map(str, OLDEST))
    yield (good if sys.version_info >= OLDEST else bad)(
        "python" if sys.version_info >= OLDEST else "python_old", version=version, oldest=oldest
    )


def pins() -> dict[str, str]:
    """Library -> version that the product was tested with; without those of other systems and versions."""
    try:
        from packaging.markers import InvalidMarker, Marker
    except ImportError:
        Marker, InvalidMarker = None, Exception
    found = {}
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        match = re.match(r"([A-Za-z0-9_.-]+)==([^\s;\\]+)\s*(?:;\s*([^\\]+))?", line)
        if not match:
            continue
        name, version, condition = match.groups()
        try:
            if condition and (Marker is None or not Marker(condition.strip()).evaluate()):
                continue
        except InvalidMarker:
            continue
        found[name] = version
    return found


def _libraries(_: Settings | None) -> Iterator[Said]:
    wanted, missing, other = pins(), [], []
    for name, version in wanted.items():
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
            continue
        if found != version:
            other.append(f"{name} {found} ({version})")
    if missing:
        yield bad("libraries_missing", names=", ".join(missing))
    if other:
        yield warn("libraries_other", names=", ".join(other))
    if not missing and not other:
        yield good("libraries", count=len(wanted))


def _folders(settings: Settings) -> Iterator[Said]:
    """A file is written and removed: rights alone do not tell of a disk that is read-only."""
    if not settings.reference_dir.is_dir():
        yield bad("folder_reference", folder=settings.reference_dir)
    folder = settings.runtime_dir
    if not folder.is_dir():
        yield bad("folder_missing", folder=folder)
        return
    places = [folder, *(place for space in SPACES for place in _places(settings.space_dir(space)))]
    refused = []
    for place in places:
        try:
            with tempfile.TemporaryFile(dir=place, prefix=".doctor-") as file:
                file.write(b"x" * 4096)
        except OSError:
            refused.append(str(place))
    if refused:
        yield bad("folder_refused", folders=", ".join(refused))
    else:
        yield good("folder", folder=folder)


def _places(space: Path) -> list[Path]:
    return [place for place in (space, space / "uploads", space / "snapshots") if place.is_dir()]


def _layout(settings: Settings) -> Iterator[Said]:
    """A folder that the product refuses to open, because of the release that wrote it or of a restore that was cut off."""
    try:
        layout.require(settings)
    except LayoutError as error:
        yield bad(error.code.replace(".", "_"), **error.details)


def _disk(settings: Settings) -> Iterator[Said]:
    if not settings.runtime_dir.is_dir():
        return
    free = shutil.disk_usage(settings.runtime_dir).free
    facts = {"free": f"{free / 2**30:.1f}", "wanted": f"{ROOM_WANTED / 2**30:.0f}"}
    if free < ROOM_NEEDED:
        yield bad("disk_full", **facts)
    elif free < ROOM_WANTED:
        yield warn("disk_little", **facts)
    else:
        yield good("disk", **facts)


def _fonts(_: Settings | None) -> Iterator[Said]:
    missing = [name for name in FONTS if not (ROOT / "static" / "fonts" / name).is_file()]
    yield bad("fonts_missing", names=", ".join(missing)) if missing else good("fonts", count=len(FONTS))


def sign_in_files() -> list[Path]:
    """Where the framework looks for the secrets of a sign-in service: files that a variable names, else its own place."""
    named = environment().get("STREAMLIT_SECRETS_FILES", "").split()
    return [Path(name) for name in named] or [ROOT / SECRETS]


def secret_files(settings: Settings) -> list[Path]:
    """Files that hold secrets, as far as they are there."""
    store = environment().get("BOARD_STORE_FILE", "")
    files = [*sign_in_files(), settings.runtime_dir / "accounts.sqlite", *([Path(store)] if store else [])]
    return [path for path in files if path.is_file()]


def _secrets(settings: Settings) -> Iterator[Said]:
    """Whether others of this machine may read secrets; and the secret that several servers must share."""
    if os.name == "posix":
        files = secret_files(settings)
        # The group may read: on a server it is the product's own, and the files are the administrator's.
        loose = [path for path in files if path.stat().st_mode & stat.S_IRWXO]
        if loose:
            yield warn("secrets_loose", files=", ".join(map(str, loose)))
        elif files:
            yield good("secrets", count=len(files))
    if settings.is_shared and not _cookie_secret():
        yield bad("secrets_cookie")
    if settings.sign_in == "oidc":
        files = sign_in_files()
        known = {key for path in files for key, value in _toml(path).get("auth", {}).items() if value}
        lacking = [key for key in ("redirect_uri", "cookie_secret") if key not in known]
        if lacking:
            yield bad("secrets_oidc", file=", ".join(map(str, files)), keys=", ".join(lacking))
        else:
            yield good("secrets_oidc_there")


def _cookie_secret() -> str:
    own = _toml(ROOT / ".streamlit" / "config.toml").get("server", {}).get("cookieSecret", "")
    return environment().get("STREAMLIT_SERVER_COOKIE_SECRET", "") or own


def _toml(path: Path) -> dict:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _engine(settings: Settings) -> Iterator[Said]:
    if settings.engine != "spark":
        return
    import subprocess

    try:
        metadata.version("pyspark")
    except metadata.PackageNotFoundError:
        yield bad("spark_missing")
        return
    home = environment().get("JAVA_HOME", "")
    java = shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")
    if not java:
        yield bad("java_missing", wanted=JAVA)
        return
    said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False)
    match = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    version = int(match[1]) if match else 0
    if version < JAVA:
        yield bad("java_old", version=version or "?", wanted=JAVA)
    else:
        yield good("spark", version=version, master=settings.spark_master)


CHECKS = (_python, _libraries, _folders, _layout, _disk, _fonts, _secrets, _engine)
WITHOUT_SETTINGS = (_python, _libraries, _fonts)
