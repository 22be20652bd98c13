"""Definitions as data: TOML and CSV files -> frozen objects, checked when they are loaded.

Nothing here knows a particular indicator, commune, tier scheme or language: adding one is adding a file.
All mistakes of all files are collected and raised together, so that one run names every one of them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from metrics.disclosure import ZEROS
from metrics.schemes import OPERATORS, RULES
from store.definition_files import Reader, row_words
from store.definitions import (
    FIRST_LANGUAGE,
    Area,
    BandSpec,
    Catalogue,
    CriterionSpec,
    Definition,
    DisclosureSpec,
    GoalpostSpec,
    Identity,
    IndexSpec,
    Indicator,
    Lineage,
    Measured,
    Pair,
    Pillar,
    PilotStart,
    SchemeSpec,
    Source,
    TargetSpec,
    Words,
)
from store.errors import CatalogueError
from store.programme import read_programme

KINDS = ("rate", "count", "amount", "score")
UNITS = ("percent", "count", "vnd", "minute", "score")
MERGES = ("counts", "amount", "no")
# What adds up where units merge, unless the indicator's file says otherwise; scores never do.
MERGES_BY_KIND = {
    ("rate", "percent"): "counts",
    ("amount", "minute"): "counts",  # an average: its total and its cases add up
    ("count", "count"): "amount",
    ("amount", "vnd"): "amount",
}
SCHEME_KINDS = ("criteria", "points", "counts")
MEANS = ("arithmetic", "geometric")
AREA_COLUMNS = (
    *("area_id", "area_code", "kind", "level", "name_vi", "name_en", "parent_id", "province_id"),
    *("area_km2", "area_km2_source", "label_lon", "label_lat", "valid_from", "valid_to", "role"),
    *("tile_col", "tile_row", "aliases", "note_vi", "note_en"),
)
LINEAGE_COLUMNS = ("old_area_id", "new_area_id", "effective", "share", "legal_basis")
SOURCE_COLUMNS = ("source_id", "kind", "published", "url")
RELATIONS = ("equal", "at_most")
MEASURES = ("numerator", "denominator", "value")
DIRECTIONS = ("higher_better", "lower_better", "neutral")
PILOT_STATUS = ("published", "proposed")
KNOWLEDGE = (
    "published_threshold",
    "published_rule",
    "published_count_only",
    "published_text_threshold_unseen",
    "third_party_reproduction",
    "proposed",
)


def read_files(folder: Path) -> dict[str, str]:
    """Text of every definition file below ``folder`` by POSIX path; what only words the screen, and how figures are
    computed before they are sent in, stays out: a better sentence makes no new snapshot."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (
            path.suffix in (".toml", ".csv")
            and not name.startswith(("texts/", "dossiers/"))
            and name not in ("theme.toml", "findings.toml", "map_findings.toml", "doctor.toml")
        ):
            files[name] = path.read_text(encoding="utf-8-sig")
    return files


def _words(value: Any) -> Words:
    """A table of languages, or one text for all."""
    return (
        Words(value) if isinstance(value, dict) else Words({FIRST_LANGUAGE: str(value)}) if value else Words()
    )


def _plain_words(row: Mapping[str, str], stem: str) -> Words:
    """Column ``stem`` in the first language, ``stem_en`` and others beside it where there are any."""
    own = {FIRST_LANGUAGE: row[stem]} if row[stem] else {}
    return Words({**row_words(row, stem), **own})


def _areas(reader: Reader) -> tuple[Area, ...]:
    areas = []
    for place, row in reader.rows(AREA_COLUMNS, "areas.csv", "areas_reference.csv"):
        number = {
            key: reader.number(place, key, row.get(key, ""))
            for key in ("level", "area_km2", "label_lon", "label_lat", "tile_col", "tile_row")
        }
        areas.append(
            Area(
                id=row["area_id"],
                code=row["area_code"],
                kind=row["kind"],
                level=int(number["level"] or 0),
                name=row_words(row, "name"),
                parent_id=row["parent_id"],
                province_id=row["province_id"],
                area_km2=number["area_km2"],
                area_km2_source=_plain_words(row, "area_km2_source"),
                label_lon=number["label_lon"],
                label_lat=number["label_lat"],
                valid_from=reader.day(place, "valid_from", row["valid_from"]),
                valid_to=reader.day(place, "valid_to", row["valid_to"]),
                role=row["role"],
                tile_col=None if number["tile_col"] is None else int(number["tile_col"]),
                tile_row=None if number["tile_row"] is None else int(number["tile_row"]),
                aliases=tuple(alias.strip() for alias in row["aliases"].split("|") if alias.strip()),
                note=row_words(row, "note"),
            )
        )
    known = {area.id for area in areas}
    if len(known) < len(areas):
        reader.wrong("areas.csv", "area_id", "an id stands twice")
    for area in areas:
        for key in ("parent_id", "province_id"):
            if getattr(area, key) and getattr(area, key) not in known:
                reader.wrong("areas.csv", f"{area.id}.{key}", f"unknown area {getattr(area, key)!r}")
    return tuple(areas)


def _lineage(reader: Reader, areas: tuple[Area, ...]) -> tuple[Lineage, ...]:
    known = {area.id for area in areas}
    links = []
    for place, row in reader.rows(LINEAGE_COLUMNS, "lineage.csv"):
        for key in ("old_area_id", "new_area_id"):
            if row[key] not in known:
                reader.wrong(place, key, f"unknown area {row[key]!r}")
        links.append(
            Lineage(
                old_area_id=row["old_area_id"],
                new_area_id=row["new_area_id"],
                effective=reader.day(place, "effective", row["effective"]) or date.max,
                share=reader.number(place, "share", row["share"]) or 0.0,
                legal_basis=_plain_words(row, "legal_basis"),
            )
        )
    _check_lineage(reader, links, {area.id: area for area in areas})
    return tuple(links)


def _check_lineage(reader: Reader, links: Sequence[Lineage], areas: Mapping[str, Area]) -> None:
    """A unit ends before the one that takes it in begins, and no more of it goes on than there was."""
    shares: dict[str, float] = {}
    for link in links:
        place = f"{link.old_area_id} -> {link.new_area_id}"
        shares[link.old_area_id] = shares.get(link.old_area_id, 0.0) + link.share
        old, new = areas.get(link.old_area_id), areas.get(link.new_area_id)
        if not 0 < link.share <= 1:
            reader.wrong("lineage.csv", place, f"share must be above 0 and up to 1: {link.share:g}")
        if old and (old.valid_to is None or old.valid_to >= link.effective):
            reader.wrong(
                "lineage.csv", place, "the old unit still exists on the day it is said to have merged"
            )
        if new and (new.valid_from is None or new.valid_from > link.effective):
            reader.wrong("lineage.csv", place, "the new unit does not exist yet on that day")
    for area_id, share in shares.items():
        if share > 1 + 1e-9:
            reader.wrong("lineage.csv", area_id, f"its shares add to {share:g}, more than the whole")


def _indicator(reader: Reader, file: str, raw: dict[str, Any]) -> Indicator:
    goalposts, disclosure = raw.get("goalposts"), raw.get("disclosure")
    definitions = tuple(
        Definition(item["id"], _words(item.get("name"))) for item in raw.get("definitions", ())
    ) or (Definition("standard", Words()),)
    indicator = Indicator(
        id=raw["id"],
        order=raw["order"],
        name=_words(raw["name"]),
        short=_words(raw.get("short", raw["name"])),
        pillar=raw["pillar"],
        topic=_words(raw.get("topic")),
        kind=raw["kind"],
        unit=raw["unit"],
        direction=raw["direction"],
        numerator=_words(raw.get("numerator")),
        denominator=_words(raw.get("denominator")),
        case=_words(raw.get("case")),
        valid_min=reader.real(file, "valid.min", raw["valid"]["min"]),
        valid_max=reader.real(file, "valid.max", raw["valid"]["max"]),
        can_exceed_100=raw.get("can_exceed_100", "no"),
        jump_to_acknowledge=raw.get("jump_to_acknowledge"),
        goalposts=goalposts
        and GoalpostSpec(
            reader.real(file, "goalposts.worst", goalposts["worst"]),
            reader.real(file, "goalposts.best", goalposts["best"]),
            goalposts["status"],
            _words(goalposts.get("basis")),
        ),
        target=_target(reader, file, "target", raw),
        illustrative_target=_target(reader, file, "illustrative_target", raw),
        disclosure=disclosure
        and DisclosureSpec(
            disclosure["threshold"],
            disclosure.get("zero", "show"),
            disclosure.get("status", "proposed"),
            _words(disclosure.get("basis")),
        ),
        legal_basis=_words(raw.get("legal_basis")),
        reported_by=_words(raw.get("reported_by")),
        definitions=definitions,
        default_definition=raw.get("default_definition", definitions[0].id),
        note=_words(raw.get("note")),
        headline=raw.get("headline", False),
        uploaded=raw.get("uploaded", True),
        status=raw.get("status", "published"),
        version=raw.get("version", 1),
        merges=raw.get("merges") or MERGES_BY_KIND.get((raw["kind"], raw["unit"]), "no"),
    )
    _check_indicator(reader, file, indicator)
    return indicator


def _target(reader: Reader, file: str, key: str, raw: dict[str, Any]) -> TargetSpec | None:
    """The target under ``key``; its way of counting is the default one unless it names another."""
    target = raw.get(key)
    if target is None:
        return None
    return TargetSpec(
        reader.real(file, f"{key}.value", target["value"]),
        target.get("year"),
        "illustrative" if key == "illustrative_target" else target.get("status", "proposed"),
        _words(target.get("basis")),
        target.get("definition") or raw.get("default_definition") or _first_definition(raw),
    )


def _first_definition(raw: dict[str, Any]) -> str:
    return next((item["id"] for item in raw.get("definitions", ())), "standard")


def _check_indicator(reader: Reader, file: str, indicator: Indicator) -> None:
    """Every rule an indicator must keep, each named on its own."""
    if PurePosixPath(file).stem != indicator.id:
        reader.wrong(file, "id", f"{indicator.id!r} differs from the file name")
    reader.one_of(file, "kind", indicator.kind, KINDS)
    reader.one_of(file, "unit", indicator.unit, UNITS)
    reader.one_of(file, "direction", indicator.direction, DIRECTIONS)
    reader.one_of(file, "merges", indicator.merges, MERGES)
    reader.one_of(file, "can_exceed_100", indicator.can_exceed_100, ("no", "yes", "by_definition"))
    if indicator.valid_min >= indicator.valid_max:
        reader.wrong(file, "valid", "min must be below max")
    if indicator.is_rate and not (indicator.numerator and indicator.denominator):
        reader.wrong(file, "denominator", "a rate needs numerator and denominator in words")
    if indicator.default_definition not in {definition.id for definition in indicator.definitions}:
        reader.wrong(file, "default_definition", f"unknown definition {indicator.default_definition!r}")
    ends = indicator.goalposts
    if ends and (
        indicator.higher_is_better is None or (ends.best > ends.worst) != indicator.higher_is_better
    ):
        reader.wrong(file, "goalposts", "worst and best contradict direction")
    rule = indicator.disclosure
    if rule and not (isinstance(rule.threshold, int) and rule.threshold >= 1):
        reader.wrong(file, "disclosure.threshold", f"must be a whole number from 1: {rule.threshold!r}")
    if rule:
        reader.one_of(file, "disclosure.zero", rule.zero, ZEROS)


def _indicators(reader: Reader, pillars: tuple[Pillar, ...]) -> tuple[Indicator, ...]:
    indicators = []
    for file, raw in reader.folder("indicators/"):
        try:
            indicators.append(_indicator(reader, file, raw))
        except KeyError as missing:
            reader.wrong(file, str(missing.args[0]), "key is missing")
    for indicator in indicators:
        if indicator.pillar not in {pillar.id for pillar in pillars}:
            reader.wrong(f"indicators/{indicator.id}.toml", "pillar", f"unknown pillar {indicator.pillar!r}")
    return tuple(sorted(indicators, key=lambda item: (item.order, item.id)))


def _scheme(reader: Reader, file: str, raw: dict[str, Any]) -> SchemeSpec:
    return SchemeSpec(
        id=raw["id"],
        order=raw.get("order", 0),
        name=_words(raw["name"]),
        place=_words(raw.get("place")),
        kind=raw["kind"],
        status=raw["status"],
        rule=raw["rule"],
        extended_share=str(raw.get("extended_share", "")),
        size=raw.get("size"),
        note=_words(raw.get("note")),
        source=_words(raw.get("source")),
        bands=tuple(
            BandSpec(
                reader.real(file, "bands.lower", band["lower"]), _words(band["name"]), band.get("status", "")
            )
            for band in raw.get("bands", ())
        ),
        criteria=tuple(
            CriterionSpec(
                no=str(item["no"]),
                name=_words(item["name"]),
                indicator=item.get("indicator", ""),
                definition=item.get("definition", ""),
                operator=item["operator"],
                threshold=str(item.get("threshold", "")),
                max_points=item.get("max_points"),
                group=item.get("group", "mandatory"),
                status=item["status"],
                source=_words(item.get("source")),
                note=_words(item.get("note")),
            )
            for item in raw.get("criterion", ())
        ),
    )


def _schemes(reader: Reader, indicators: tuple[Indicator, ...]) -> tuple[SchemeSpec, ...]:
    known = {indicator.id for indicator in indicators}
    schemes = []
    for file, raw in reader.folder("tiers/"):
        try:
            scheme = _scheme(reader, file, raw)
        except KeyError as missing:
            reader.wrong(file, str(missing.args[0]), "key is missing")
            continue
        _check_scheme(reader, file, scheme, known)
        schemes.append(scheme)
    return tuple(sorted(schemes, key=lambda item: (item.order, item.id)))


def _check_scheme(reader: Reader, file: str, scheme: SchemeSpec, indicators: set[str]) -> None:
    """Every rule a scheme must keep, each named on its own. A sheet with bands must add to 100 points."""
    if PurePosixPath(file).stem != scheme.id:
        reader.wrong(file, "id", f"{scheme.id!r} differs from the file name")
    reader.one_of(file, "kind", scheme.kind, SCHEME_KINDS)
    reader.one_of(file, "rule", scheme.rule, RULES)
    reader.one_of(file, "status", scheme.status, KNOWLEDGE)
    for criterion in scheme.criteria:
        place = f"criterion {criterion.no}"
        reader.one_of(file, f"{place} status", criterion.status, KNOWLEDGE)
        reader.one_of(file, f"{place} operator", criterion.operator, OPERATORS)
        reader.number(file, f"{place} threshold", criterion.threshold)
        if criterion.indicator and criterion.indicator not in indicators:
            reader.wrong(file, place, f"unknown indicator {criterion.indicator!r}")
    total = sum(criterion.max_points or 0 for criterion in scheme.criteria)
    if scheme.bands and abs(total - 100) > 1e-9:
        reader.wrong(file, "max_points", f"maxima add to {total:g}, not 100")


def _index(reader: Reader, indicators: tuple[Indicator, ...]) -> IndexSpec:
    raw = reader.toml("index.toml")
    head = raw.get("index", {})
    pillars = raw.get("pillar", ())
    weights = {
        part["id"]: reader.real("index.toml", part["id"], part["weight"])
        for pillar in pillars
        for part in pillar.get("indicators", ())
    }
    reader.one_of("index.toml", "mean", head.get("mean", "arithmetic"), MEANS)
    scored = {indicator.id for indicator in indicators if indicator.goalposts}
    for indicator_id in weights:
        if indicator_id not in scored:
            reader.wrong("index.toml", indicator_id, "has a weight but no goalposts")
    return IndexSpec(
        mean=head.get("mean", "arithmetic"),
        least_weight=reader.real("index.toml", "least_weight", head.get("least_weight", 0.5)),
        status=head.get("status", "proposed"),
        note=_words(head.get("note")),
        pillar_weights={
            pillar["id"]: reader.real("index.toml", pillar["id"], pillar["weight"]) for pillar in pillars
        },
        weights=weights,
    )


def _identities(reader: Reader, indicators: tuple[Indicator, ...]) -> tuple[Identity, ...]:
    """Figures that must agree; an installation without the file has none."""
    file = "identities.toml"
    known = {indicator.id: {item.id for item in indicator.definitions} for indicator in indicators}

    def side(place: str, raw: Mapping[str, str]) -> Measured:
        own = Measured(raw.get("indicator", ""), raw.get("measure", ""), raw.get("definition", ""))
        reader.one_of(file, f"{place}.measure", own.measure, MEASURES)
        if own.indicator not in known:
            reader.wrong(file, f"{place}.indicator", f"unknown indicator {own.indicator!r}")
        elif own.definition and own.definition not in known[own.indicator]:
            reader.wrong(file, f"{place}.definition", f"unknown definition {own.definition!r}")
        return own

    found = []
    for number, raw in enumerate(reader.toml(file).get("identity", ()) if file in reader.files else (), 1):
        reader.one_of(file, f"{number}.relation", raw.get("relation", ""), RELATIONS)
        whole, part = (side(f"{number}.{name}", raw.get(name, {})) for name in ("whole", "part"))
        found.append(Identity(raw.get("relation", ""), whole, part))
    return tuple(found)


def _pairs(reader: Reader, indicators: tuple[Indicator, ...]) -> tuple[Pair, ...]:
    """Rates that check each other; an installation without the file has none."""
    file = "pairs.toml"
    rates = {indicator.id for indicator in indicators if indicator.is_rate and indicator.unit == "percent"}
    found = []
    for number, raw in enumerate(reader.toml(file).get("pair", ()) if file in reader.files else (), 1):
        for side in ("high", "low"):
            if raw.get(side) not in rates:
                reader.wrong(file, f"{number}.{side}", f"{raw.get(side)!r} is no rate in per cent")
        gap = reader.real(file, f"{number}.gap", raw.get("gap"))
        question = _words(raw.get("question", {}))
        if not question.to(FIRST_LANGUAGE):
            reader.wrong(file, f"{number}.question", "question is missing")
        found.append(Pair(raw.get("high", ""), raw.get("low", ""), gap, question))
    return tuple(found)


def _pilot_start(reader: Reader, calendar: Mapping, sources: Sequence[Source]) -> PilotStart | None:
    """Table ``pilot`` of the calendar; snapshots from before it was written have none."""
    raw = calendar.get("pilot")
    if raw is None:
        return None
    file, start = "periods.toml", raw.get("start")
    if type(start) is not date:
        reader.wrong(file, "pilot.start", f"{start!r} is not a date")
        return None
    if raw.get("source") not in {source.id for source in sources}:
        reader.wrong(file, "pilot.source", f"{raw.get('source')!r} is not in sources.csv")
    status = str(raw.get("status", "proposed"))
    reader.one_of(file, "pilot.status", status, PILOT_STATUS)
    return PilotStart(start, status, str(raw.get("source", "")), _words(raw.get("basis", {})))


def load(files: Mapping[str, str]) -> Catalogue:
    """Build the catalogue from definition texts; CatalogueError lists every mistake of every file."""
    reader = Reader(files)
    areas = _areas(reader)
    pillars = tuple(
        Pillar(item["id"], _words(item["name"]), _words(item.get("short", item["name"])))
        for item in reader.toml("pillars.toml").get("pillar", ())
    )
    indicators = _indicators(reader, pillars)
    calendar = reader.toml("periods.toml")
    sources = tuple(
        Source(
            id=row["source_id"],
            kind=row["kind"],
            title=row_words(row, "title"),
            publisher=row_words(row, "publisher"),
            published=row["published"],
            url=row["url"],
            note=row_words(row, "note"),
        )
        for _, row in reader.rows(SOURCE_COLUMNS, "sources.csv")
    )
    catalogue = Catalogue(
        areas=areas,
        lineage=_lineage(reader, areas),
        indicators=indicators,
        schemes=_schemes(reader, indicators),
        sources=sources,
        pillars=pillars,
        index=_index(reader, indicators),
        identities=_identities(reader, indicators),
        pairs=_pairs(reader, indicators),
        programme=read_programme(reader, sources, indicators),
        administrative_quarters=calendar.get("quarter", "administrative") == "administrative",
        calendar_status=str(calendar.get("status", "proposed")),
        pilot=_pilot_start(reader, calendar, sources),
        due_days=int(reader.real("periods.toml", "due_days", calendar.get("due_days", 45))),
        files=dict(files),
    )
    if reader.mistakes:
        raise CatalogueError("catalogue.mistakes", mistakes=reader.mistakes)
    return catalogue
