"""A PostgreSQL of the tests' own: made in a temporary folder, on a free port of this machine, gone afterwards.

PostgreSQL refuses to run as the machine's administrator, so there it runs as the account ``postgres`` (or ``nobody``).
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt/postgresql", "/usr/local/opt/postgresql")
TABLES = (
    "line, book, content, piece, upload, kept_snapshot, show, shelf, account, session, attempt, first_code"
)
# Tests kill processes and servers, never the machine: what the system has taken is not lost.
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


def programs() -> Path | None:
    """Folder with ``initdb`` and ``postgres``, the newest; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = [
        path
        for place in PLACES
        for path in Path(place).parent.glob(f"{Path(place).name}*/**/bin")
        if (path / "initdb").exists()
    ]
    return max(folders, key=lambda path: [int(part) for part in path.parts if part.isdigit()], default=None)


def account() -> str:
    """The account to run as: empty for the one that runs the tests."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return ""
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Cluster:
    """One server with one database; ``url`` for whoever connects."""

    def __init__(self) -> None:
        programs_at = programs()
        assert programs_at is not None, "PostgreSQL is not installed"
        self.programs, self.account = programs_at, account()
        self.folder = Path(tempfile.mkdtemp(prefix="board-postgres-"))
        if self.account:
            shutil.chown(self.folder, self.account)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._run(
            "initdb", "-D", str(self.folder / "data"), "-U", "board", "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync",
        )  # fmt: skip
        self.url = f"postgresql://board@127.0.0.1:{self.port}/postgres"
        self.start()

    def _run(self, name: str, *options: str) -> None:
        subprocess.run(
            [str(self.programs / name), *options], check=True, capture_output=True, cwd=self.folder,
            user=self.account or None, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )  # fmt: skip

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [str(self.programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *options],
            cwd=self.folder, user=self.account or None, env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        import psycopg

        ends = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < ends and self.process.poll() is None, "PostgreSQL does not start"
                time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once, as a failing power supply does: nobody is asked to finish."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(60)

    def empty(self) -> None:
        """Take everything out of the tables, where there are any."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as db:
            if db.execute("SELECT to_regclass('board.version')").fetchone()[0]:
                db.execute("SET search_path = board")
                db.execute(f"TRUNCATE {TABLES} CASCADE")

    def database(self) -> str:
        """Address of another database, empty: for an installation that shares with no other."""
        import psycopg

        name = f"board_{os.getpid()}_{time.monotonic_ns()}"
        with psycopg.connect(self.url, autocommit=True) as db:
            db.execute(f"CREATE DATABASE {name}")
        return self.url.removesuffix("/postgres") + f"/{name}"

    def close(self) -> None:
        """Stop and leave nothing."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
