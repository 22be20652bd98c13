"""A Spark standalone cluster on this machine, and the loss of a worker: ``python tests/benchmark/spark_cluster.py``.

Starts a master and two workers from the library ``pyspark``, all on 127.0.0.1, and computes the same quarter three times: by
DuckDB, on the cluster, and on the cluster while one worker with its executor is killed in the middle (after half the time
that the undisturbed run took). Prints times and whether the counts are equal; exit code 1 when they are not. Ends only what
it started.

``--rows 100000000 --data FOLDER`` as for ``bench_dossiers.py``; ``--port`` is the first of thirty ports. Needs Java 17.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import bench_dossiers

LOOPBACK = "127.0.0.1"
PATIENCE = 300  # seconds until master and workers have found each other on a busy machine


class Cluster:
    """A master and two workers, each with its own process group; ``settings`` is the folder of Spark's settings."""

    def __init__(self, folder: Path, port: int, cores: int, memory: str) -> None:
        self.folder, self.port, self.cores, self.memory = folder, port, cores, memory
        self.home = Path(importlib.util.find_spec("pyspark").origin).parent
        self.settings = folder / "conf"
        self.processes: dict[str, subprocess.Popen] = {}

    @property
    def master(self) -> str:
        """Its address."""
        return f"spark://{LOOPBACK}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes and its drivers are told."""
        own = {"SPARK_CONF_DIR": str(self.settings), "SPARK_LOCAL_IP": LOOPBACK, "SPARK_HOME": str(self.home)}
        return {**os.environ, **own, "SPARK_LOCAL_DIRS": str(self.folder / "local")}

    def __enter__(self) -> Cluster:
        self.settings.mkdir(parents=True)
        lines = {
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.driver.port": self.port + 8,
            "spark.blockManager.port": self.port + 10,
            "spark.port.maxRetries": 19,
            "spark.executor.memory": self.memory,
            "spark.executor.cores": self.cores,
        }
        text = "".join(f"{name} {value}\n" for name, value in lines.items())
        (self.settings / "spark-defaults.conf").write_text(text, encoding="utf-8")
        try:
            own = ("--host", LOOPBACK, "--port", str(self.port), "--webui-port", str(self.port + 1))
            self._start("master", "org.apache.spark.deploy.master.Master", *own)
            for number in (1, 2):
                ports = (
                    "--port",
                    str(self.port + 2 * number),
                    "--webui-port",
                    str(self.port + 2 * number + 1),
                )
                size = (
                    "--cores",
                    str(self.cores),
                    "--memory",
                    self.memory,
                    "-d",
                    str(self.folder / f"worker{number}"),
                )
                name = "org.apache.spark.deploy.worker.Worker"
                self._start(f"worker{number}", name, "--host", LOOPBACK, *ports, *size, self.master)
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self, name: str, *words: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [str(self.home / "bin" / "spark-class"), *words],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a worker's executor belongs to its group
            )

    def alive(self) -> int:
        """How many workers the master sees."""
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.port + 1}/json/", timeout=5) as page:
            return sum(worker["state"] == "ALIVE" for worker in json.load(page)["workers"])

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if any(process.poll() is not None for process in self.processes.values()):
                break
            try:
                if self.alive() == 2:
                    return
            except OSError:
                pass
            time.sleep(0.5)
        logs = "\n".join(path.read_text(errors="replace")[-1500:] for path in self.folder.glob("*.log"))
        raise SystemExit(f"the cluster did not start:\n{logs}")

    def lose(self, name: str) -> None:
        """Kill a worker with its executor, as when a machine loses power."""
        os.killpg(self.processes.pop(name).pid, signal.SIGKILL)

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            try:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.processes.clear()


def main() -> int:
    """Read the words, run, compare."""
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--rows", type=int, default=2_000_000)
    words.add_argument("--data", type=Path)
    words.add_argument("--port", type=int, default=8840)
    words.add_argument("--cores", type=int, default=1, help="of each worker")
    words.add_argument("--memory", default="2g", help="of each worker")
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="spark-cluster-") as name:
        data = given.data or Path(name) / "dossiers"
        data.mkdir(parents=True, exist_ok=True)
        bench_dossiers.prepare(data, given.rows)
        results = {"duckdb": bench_dossiers.run("duckdb", data, given.rows)}
        _say("duckdb", results["duckdb"])
        with Cluster(Path(name) / "cluster", given.port, given.cores, given.memory) as cluster:
            run = ("spark", data, given.rows, cluster.master, cluster.environment)
            own = results["cluster"] = bench_dossiers.run(*run)
            _say("master and two workers", own)
            middle = own["start"] + own["seconds"] / 2
            lost: list[float] = []
            timer = threading.Timer(middle, lambda: (lost.append(time.monotonic()), cluster.lose("worker1")))
            began = time.monotonic()
            timer.start()
            results["loss"] = bench_dossiers.run(*run)
            timer.cancel()
            took = time.monotonic() - began
            if not lost:
                print("the run ended before the worker could be killed: no proof")
                return 1
            _say(f"worker killed after {lost[0] - began:.0f} of {took:.0f} s", results["loss"])
            print(f"workers that the master still sees: {cluster.alive()}")
    equal = len({result["digest"] for result in results.values()}) == 1
    print("equal counts, faults and examples" if equal else "OTHER COUNTS")
    return 0 if equal else 1


def _say(what: str, own: dict) -> None:
    print(
        f"{what:<34}{own['seconds']:>9.1f} s  {own['figures']:>8,} figures  {own['faulty']:>7,} left out  "
        f"{own['digest']}  load {bench_dossiers.load_average()}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
