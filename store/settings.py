"""Environment -> one frozen Settings. Nothing else in the product reads ``os.environ``."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from store.errors import SettingsError

SPACES = ("official", "demo")
READINGS = ("open", "members")
SIGN_INS = ("local", "oidc")
FILES = "files"
LOGS = ("text", "json")
LOG_LEVELS = ("info", "debug", "warning", "error")
ENGINES = ("duckdb", "spark")


@dataclass(frozen=True)
class Settings:
    """Where things lie and how this installation behaves.

    ``runtime_dir`` holds what the installation writes (accepted files, snapshots, log) and is not in git.
    ``space`` is the data space a first visitor sees: ``official``, ``demo`` or ``auto`` (demo until the
    first accepted upload, official from then on). ``reading``: ``open`` to everybody, or to ``members`` who have
    signed in. ``second_person``: whoever sent a file may not decide about it. ``sign_in``: by ``local`` accounts with
    passwords, or through a service of the organisation (``oidc``). ``address``: where readers find the product, for
    links in what is made without a browser; empty: not known. ``log``: lines as ``text`` or ``json``, from ``log_level``
    on. ``metrics_token``: who carries it reads ``/metrics`` from anywhere; empty: only who asks from this machine.
    ``engine``: what computes indicators from dossiers; ``spark_master``: where Spark runs when it does. ``store``: ``files``,
    or the address of the PostgreSQL that several servers share; it may hold a password, so it is left out of every
    representation. ``keep_personal_days``: how long after an account was switched off its personal part stays
    (``store.retention``).
    """

    root: Path
    reference_dir: Path
    published_dir: Path
    demo_dir: Path
    runtime_dir: Path
    language: str
    space: str
    reading: str = "open"
    second_person: bool = False
    sign_in: str = "local"
    address: str = ""
    log: str = "text"
    log_level: str = "info"
    metrics_token: str = field(default="", repr=False)
    engine: str = "duckdb"
    spark_master: str = "local[*]"
    store: str = field(default=FILES, repr=False)
    keep_personal_days: int = 365

    @property
    def is_shared(self) -> bool:
        """Whether this is one of several servers, and the runtime folder a copy of what they share."""
        return self.store != FILES

    def space_dir(self, space: str) -> Path:
        """Folder of one data space; refuses a name that is not a space, so no path can be smuggled in."""
        if space not in SPACES:
            raise SettingsError("settings.space", value=space)
        return self.runtime_dir / space


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read ``BOARD_*`` variables (all optional); raises SettingsError for a value that means nothing."""
    env = os.environ if environ is None else environ
    root = Path(__file__).resolve().parent.parent
    data = Path(env.get("BOARD_DATA", root / "data"))
    space = env.get("BOARD_SPACE", "auto")
    if space not in (*SPACES, "auto"):
        raise SettingsError("settings.space", value=space)
    return Settings(
        root=root,
        reference_dir=Path(env.get("BOARD_REFERENCE", data / "reference")),
        published_dir=data / "published",
        demo_dir=data / "demo",
        runtime_dir=Path(env.get("BOARD_RUNTIME", data / "runtime")),
        language=env.get("BOARD_LANGUAGE", "vi"),
        space=space,
        reading=_one_of(env, "reading", READINGS),
        second_person=_one_of(env, "second_person", ("0", "1")) == "1",
        sign_in=_one_of(env, "sign_in", SIGN_INS),
        address=_address(env.get("BOARD_ADDRESS", "")),
        store=_store(env),
        log=_one_of(env, "log", LOGS),
        log_level=_one_of(env, "log_level", LOG_LEVELS),
        metrics_token=env.get("BOARD_METRICS_TOKEN", ""),
        engine=_one_of(env, "engine", ENGINES),
        spark_master=_spark_master(env.get("BOARD_SPARK_MASTER", "local[*]")),
        keep_personal_days=_days(env.get("BOARD_KEEP_PERSONAL_DAYS", "365")),
    )


class _Noted(dict[str, str]):
    """An empty environment that notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:
        """Always the default."""
        self.names.add(name)
        return default


def known_names() -> frozenset[str]:
    """Every variable that the settings ask for."""
    noted = _Noted()
    read_settings(noted)
    return frozenset(noted.names)


def environment() -> Mapping[str, str]:
    """The variables that are set, for whoever has to say which of them mean nothing."""
    return dict(os.environ)


def _address(text: str) -> str:
    """A web address without its last slash; SettingsError for what is none."""
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]_~/%-]+", text):
        raise SettingsError("settings.address", value=text)
    return text.rstrip("/")


def _spark_master(text: str) -> str:
    """Where Spark runs: ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://…``; SettingsError for anything else."""
    if not re.fullmatch(r"local(\[(\d+|\*)\])?|spark://[\w.:,-]+|yarn|k8s://[\w.:/-]+", text):
        raise SettingsError("settings.spark_master", value=text)
    return text


def _days(text: str) -> int:
    """A number of days, from a month to thirty years; SettingsError for anything else."""
    if not re.fullmatch(r"[0-9]{2,5}", text, re.ASCII) or not 30 <= int(text) <= 10950:
        raise SettingsError("settings.keep_personal_days", value=text)
    return int(text)


def _store(env: Mapping[str, str]) -> str:
    """``files`` or an address of PostgreSQL, from ``BOARD_STORE`` or the file that ``BOARD_STORE_FILE`` names. Whatever is
    wrong, the address itself is never repeated: it may hold a password."""
    value, file = env.get("BOARD_STORE", ""), env.get("BOARD_STORE_FILE", "")
    if value and file:
        raise SettingsError("settings.store_twice")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError("settings.store_file", file=file) from None
    value = value or FILES
    if value != FILES and not re.match(r"postgres(ql)?://[^\s]+$", value):
        raise SettingsError("settings.store")
    return value


def _one_of(env: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    """The variable's word, the first known one when it is not set; SettingsError for a word that is not known."""
    value = env.get(f"BOARD_{name.upper()}", known[0])
    if value not in known:
        raise SettingsError(f"settings.{name}", value=value)
    return value
