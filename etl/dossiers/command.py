"""``python -m etl dossiers``: files of dossiers -> a quarter's figures -> the way of every upload."""

import argparse
from dataclasses import replace

from etl import desk_cli, publish
from etl.check import today
from etl.dossiers import compute, engine, table
from etl.dossiers.compute import Computed
from etl.dossiers.said import sentence
from etl.dossiers.table import Table
from etl.findings import Severity
from store import catalogue
from store.errors import UploadRejected
from store.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Compute, say what was found, write and send as asked; 1 where something blocks."""
    settings = replace(settings, engine=arguments.engine or settings.engine)
    definitions = catalogue.load(catalogue.read_files(settings.reference_dir))
    own = table.read(settings.reference_dir, definitions)
    with engine.engine(settings) as running:
        computed = compute.compute(arguments.files, arguments.period, own, definitions, running, today())
    _print(computed, own, settings.language)
    if computed.blocked:
        return 1
    data = compute.upload(computed, own, settings.language)
    name = arguments.out.name if arguments.out else f"ho-so-{computed.period.id}.csv"
    if arguments.out:
        arguments.out.write_bytes(data)
        print(sentence(own, "written", settings.language, file=arguments.out))
    if not arguments.submit:
        return _check(arguments, settings, name, data)
    _require_looked_at(arguments, computed)
    origin = compute.provenance(computed, own, settings.language)
    return desk_cli.send(arguments, settings, [(name, data)], origin)


def _check(arguments: argparse.Namespace, settings: Settings, name: str, data: bytes) -> int:
    """What the journey would say of the figures; nothing is kept."""
    from etl.cli import print_report  # cli imports this package

    reports = publish.check_files(settings, arguments.space, [(name, data)], today())
    print_report(publish.Loaded(reports[0]), settings.language, checking=True)
    return int(reports[0].blocked)


def _require_looked_at(arguments: argparse.Namespace, computed: Computed) -> None:
    """Dossiers that were left out change the figures: somebody has to have read so."""
    doubtful = sorted({item.code for item in computed.findings if item.severity is Severity.WARN})
    if doubtful and not arguments.acknowledge:
        raise UploadRejected("desk.unacknowledged", codes=doubtful)


def _print(computed: Computed, own: Table, language: str) -> None:
    days = (day.strftime("%d/%m/%Y") for day in (computed.period.start, computed.period.end))
    start, end = days
    print(
        sentence(
            own, "reading", language, files=len(computed.hashes), rows=computed.rows, dossiers=computed.dossiers,
            period=computed.period.id, start=start, end=end, engine=computed.engine,
        )
    )  # fmt: skip
    for name, digest in computed.hashes:
        print(f"  {digest}  {name}")
    for item in computed.findings:
        print(f"  {sentence(own, item.severity.value, language)}: {item.to(language)}")
    print(sentence(own, "computed", language, figures=len(computed.figures), areas=computed.areas))
