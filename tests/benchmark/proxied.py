"""Several processes of the product behind nginx, by the very file that an installation uses (``deploy/nginx.conf``).

Only what a test cannot have is taken out of that file: certificates, the ports of the real machine, its log. The
instance has a folder, a port and a process of its own, listens on this machine alone and ends with ``stop``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.browser import driver

CONF = driver.ROOT / "deploy" / "nginx.conf"
WHOLE = """\
daemon off;
{user}pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 2048; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{board}
}}
"""


def nginx() -> str | None:
    """The program, where it is installed."""
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


def board(port: int, ports: Sequence[int], folder: Path) -> str:
    """The installation's file for these ports, without encryption."""
    text = CONF.read_text(encoding="utf-8")
    text = text[: text.index("server {\n    listen 80;")]
    text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    text = re.sub(r"^\s*ssl_.*\n", "", text, flags=re.M)
    text = text.replace(" Secure;", "").replace("/var/log/nginx/board.log", f"{folder}/access.log")
    first, *others = re.findall(r"^    server 127\.0\.0\.1:\d+ .*\n", text, flags=re.M)
    lines = "".join(re.sub(r":\d+ ", f":{number} ", first, count=1) for number in ports)
    for other in others:
        text = text.replace(other, "")
    return text.replace(first, lines)


class Proxy:
    """One nginx of our own before some servers."""

    def __init__(self, servers: Sequence[driver.Server], folder: Path) -> None:
        self.port = driver.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        folder.mkdir(parents=True)
        conf = folder / "nginx.conf"
        text = board(self.port, [server.port for server in servers], folder)
        # Started by the machine's administrator, its workers are somebody else, who may not write into our folder.
        user = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
        conf.write_text(WHOLE.format(folder=folder, board=text, user=user), encoding="utf-8")
        command = [nginx(), "-p", str(folder), "-c", str(conf)]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def wait(self, seconds: float = 20) -> None:
        """Until it passes something on."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise RuntimeError("nginx does not answer: " + (self.folder / "error.log").read_text())

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(10)
