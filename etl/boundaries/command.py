"""``python -m etl boundaries``: the report of a map file, then the import."""

import argparse
from collections import Counter

from etl.actor import signed_in_actor
from etl.boundaries import journey
from etl.boundaries.findings import Finding, message
from etl.findings import Severity, words
from store import boundaries as layout
from store.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Examine one file, print everything found, and import it unless something blocks or only a check was asked for."""
    say = words(settings.language)
    asked = journey.Asked(
        vintage=arguments.vintage,
        source=arguments.source,
        licence=arguments.licence,
        attribution=arguments.attribution,
        level=arguments.level,
        crs=arguments.crs,
        layer=arguments.layer,
        admin_level=arguments.admin_level,
        code_column=arguments.code_column,
        name_column=arguments.name_column,
        # What is no UTF-8 has no headings that are known, which is told as a finding.
        match=arguments.match.read_text(encoding="utf-8-sig", errors="replace") if arguments.match else "",
    )
    examined = journey.examine(settings, arguments.files[0], asked)
    for line in report(examined, settings.language):
        print(line)
    if examined.blocked:
        return 1
    if arguments.check:
        return 0
    built = journey.accept(settings, examined, signed_in_actor(settings, arguments.by))
    for space, snapshot_id in built.items():
        print(say["published"].format(space=space, snapshot_id=snapshot_id))
    if not built:
        print(say["boundaries_later"].format(path=layout.root(settings)))
    return 0


def report(examined: journey.Examined, language: str) -> list[str]:
    """Totals, then every finding with its place."""
    say = words(language)
    how = Counter(pair.how for pair in examined.pairs)
    totals = Counter(item.severity.value for item in examined.findings)
    lines = [
        say["boundaries"].format(
            file=examined.file,
            features=len(examined.pairs),
            codes=how["code"],
            names=how["name"],
            hand=how["hand"],
            left=how[""],
        ),
        "  " + say["totals"].format(**{severity.value: totals[severity.value] for severity in Severity}),
    ]
    if examined.blocked:
        lines.append("  " + say["refused"])
    for item in examined.findings:
        lines.append(
            f"  [{say[item.severity.value]}] {_place(item, say)}: {message(item, language)} ({item.code})"
        )
    return lines


def _place(item: Finding, say: dict[str, str]) -> str:
    where = say["boundaries_feature"].format(feature=item.feature) if item.feature else say["whole_file"]
    return f"{where}, {item.column}" if item.column else where
