"""What was found in a file as marks for a copy of it, and the file's sheets as far as a copy can be made of them."""

from collections.abc import Iterable

from etl import container, reading
from etl.findings import Collector, Finding, wording
from etl.grid import Grid
from store.exchange import Mark


def marks(findings: Iterable[Finding], language: str) -> list[Mark]:
    """Each finding with its words in one language, in the same order."""
    return [_mark(finding, language) for finding in findings]


def _mark(finding: Finding, language: str) -> Mark:
    wrong, remedy = wording(finding, language)
    return Mark(
        str(finding.severity),
        finding.sheet,
        finding.line,
        finding.cell,
        finding.value or "",
        finding.code,
        wrong,
        remedy,
    )


def opened(data: bytes) -> tuple[str, list[Grid]]:
    """(kind, sheets); no sheets for a text of which only the beginning could be read: a copy would lose the rest."""
    found = Collector()
    kind, grids = reading.read(data, found)
    return kind, [] if found.blocked and container.kind(data) == "text" else grids
