"""Figures of a snapshot -> one ZIP that says all about itself and that ``python -m etl load`` reads back to the same figures.

Suppressed figures are not in it, only how many there are. Printed figures come with the product and may not be uploaded
under the name of their publication, so they lie in a file of their own. The same figures give the same bytes.
"""

import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from reports.deck import STILL
from reports.story import Citation
from store.definitions import Catalogue, Indicator

Say = Callable[..., str]
# What the reader of reports knows; ``commune`` holds the id of the unit, which is its code and the year it began.
COLUMNS = (
    "commune",
    "indicator",
    "period",
    "numerator",
    "denominator",
    "value",
    "qualifier",
    "definition",
    "role",
    "source",
    "note",
)
FIGURES, PRINTED, DEFINITIONS, SOURCES = "figures.csv", "printed.csv", "definitions.csv", "sources.csv"
NO_CASES = "không phát sinh"
_UNCLEAR = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")


@dataclass(frozen=True)
class Content:
    """What is packed. ``figures``: as ``store.read.figures`` and ``published`` give them; ``mark``: the words for
    illustrative figures in each language, empty for real ones; ``citation``: in each language."""

    figures: pd.DataFrame
    catalogue: Catalogue
    snapshot_id: str
    space: str
    mark: Mapping[str, str]
    citation: Mapping[str, Citation]


def package(content: Content, say: Mapping[str, Say]) -> bytes:
    """The ZIP. ``say``: the product's texts by language, the first one leading (keys ``package.*``)."""
    figures = content.figures
    hidden = figures["status"].eq("suppressed")
    printed = figures["provenance"].eq("published")
    own, read = figures[~hidden & ~printed], figures[~hidden & printed]
    tables = {FIGURES: _figures(own)}
    if len(read):
        tables[PRINTED] = _figures(read)
    used = set(figures["indicator_id"])
    tables[DEFINITIONS] = _definitions(
        [item for item in content.catalogue.indicators if item.id in used], say
    )
    tables[SOURCES] = _sources(content, set(figures.loc[~hidden, "source"].dropna()), say)
    files = {name: _csv(rows) for name, rows in tables.items()}
    counts = {"figures": len(own), "printed": len(read), "hidden": int(hidden.sum())}
    files["datapackage.json"] = _metadata(content, tables, say, counts)
    for language, own_say in say.items():
        files[f"README.{language}.md"] = _readme(content, own_say, language, counts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, STILL)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(info, files[name])
    return buffer.getvalue()


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with BOM, so that a spreadsheet opens Vietnamese letters."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([[_text(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _text(cell: str) -> str:
    """A space before what a spreadsheet would run; the reader of reports takes it off again. Numbers stay numbers."""
    runs = cell.startswith(("=", "+", "-", "@")) and not re.fullmatch(r"-[0-9.]+", cell)
    return f" {cell}" if runs else cell


def _figures(figures: pd.DataFrame) -> list[list[str]]:
    """Rows of the upload format, in the order of periods, communes, indicators, definitions."""
    ordered = figures.sort_values(
        ["sort_key", "area_id", "indicator_id", "definition", "role", "source"], kind="stable"
    )
    values = [_number(row.value) if row.value_given else "" for row in ordered.itertuples()]
    if any(_UNCLEAR.fullmatch(text) for text in values) and not any(_proves(text) for text in values):
        # Without another cell to tell, 1.072 could be a thousand and seventy-two: one more digit says that it is not.
        values = [f"{text}0" if _UNCLEAR.fullmatch(text) else text for text in values]
    rows = [list(COLUMNS)]
    for row, value in zip(ordered.itertuples(), values, strict=True):
        counts = [_number(row.numerator), _number(row.denominator)]
        if row.status == "no_cases" and counts[1] != "0":
            value = NO_CASES
        rows.append(
            [
                *(row.area_id, row.indicator_id, row.period, *counts, value),
                *(_word(row.qualifier), row.definition, _word(row.role), _word(row.source), _word(row.note)),
            ]
        )
    return rows


def _proves(text: str) -> bool:
    return "." in text and not _UNCLEAR.fullmatch(text)


def _number(value: float | None) -> str:
    """All digits of a number and no more: 846, 10.7; empty where there is none."""
    if value is None or not math.isfinite(value):
        return ""
    return str(int(value)) if float(value).is_integer() else format(value, ".15g")


def _word(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _definitions(indicators: Sequence[Indicator], say: Mapping[str, Say]) -> list[list[str]]:
    """One row for each definition of each indicator, in every language."""
    languages = list(say)
    worded = ("name", "numerator", "denominator", "legal_basis", "note")
    head = ["indicator", "definition", "kind", "unit", "direction", "default", "version"]
    head += [f"{part}_{language}" for part in ("definition_name", *worded) for language in languages]
    rows = [head]
    for item in indicators:
        for one in item.definitions:
            row = [item.id, one.id, item.kind, item.unit, item.direction]
            row += [str(one.id == item.default_definition).lower(), str(item.version)]
            row += [one.name.to(language) for language in languages]
            row += [getattr(item, part).to(language) for part in worded for language in languages]
            rows.append(row)
    return rows


def _sources(content: Content, named: set[str], say: Mapping[str, Say]) -> list[list[str]]:
    """Publications behind the figures, as far as the sources are known by name."""
    head = ["source", "kind", "published", "url"]
    head += [f"{part}_{language}" for part in ("title", "publisher", "note") for language in say]
    rows = [head]
    for source in content.catalogue.sources:
        if source.id in named:
            row = [source.id, source.kind, source.published, source.url]
            row += [getattr(source, part).to(lang) for part in ("title", "publisher", "note") for lang in say]
            rows.append(row)
    return rows


def _metadata(
    content: Content,
    tables: Mapping[str, Sequence[Sequence[str]]],
    say: Mapping[str, Say],
    counts: Mapping[str, int],
) -> bytes:
    """datapackage.json in the manner of the Data Package standard; licences are named only where known, and none is."""
    first, own = next(iter(say.items()))
    periods = list(dict.fromkeys(content.figures.sort_values("sort_key")["period"].astype(str)))
    numbers = ("numerator", "denominator")
    resources = []
    for name, rows in tables.items():
        fields = []
        for column in rows[0]:
            plain = name in (FIGURES, PRINTED)
            kind = "integer" if plain and column in numbers else "string"
            field = {"name": column, "type": kind}
            if plain:
                field["description"] = own(f"package.field.{column}")
            fields.append(field)
        resources.append(
            {
                "name": name.removesuffix(".csv"),
                "path": name,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True},
                "schema": {"fields": fields, "missingValues": [""]},
                "rows": len(rows) - 1,
            }
        )
    units = {
        item.id: item.unit
        for item in content.catalogue.indicators
        if item.id in set(content.figures["indicator_id"])
    }
    about = {
        "name": f"board-{content.snapshot_id}".lower(),
        "id": content.snapshot_id,
        "title": own("app.title"),
        "description": " ".join(
            text for text in (content.mark.get(first, ""), content.citation[first].line) if text
        ),
        "illustrative": bool(content.mark.get(first)),
        "space": content.space,
        "citation": {lang: one.line for lang, one in content.citation.items()},
        "homepage": content.citation[first].link,
        "periods": periods,
        "units": units,
        "counts": dict(counts),
        "sources": [
            {"title": row[4], "path": row[3]} if row[3] else {"title": row[4]} for row in tables[SOURCES][1:]
        ],
        "resources": resources,
    }
    return (json.dumps(about, ensure_ascii=False, indent=2) + "\n").encode()


def _readme(content: Content, say: Say, language: str, counts: Mapping[str, int]) -> bytes:
    """What is in it, how to load it, what is left out, how to quote it."""
    lines = [f"# {say('app.title')}", ""]
    if content.mark.get(language):
        lines += [f"**{content.mark[language]}**", ""]
    lines += [content.citation[language].line, content.citation[language].link, ""]
    for key in ("content", "load", "printed", "hidden", "licence"):
        if key == "printed" and not counts["printed"]:
            continue
        lines += [say(f"package.readme.{key}", space=content.space, **counts), ""]
    return "\n".join(lines).encode()
