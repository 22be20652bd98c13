"""The widgets of importing boundaries: the file and what is said about it, the report, settling what was not matched,
accepting. What is written goes through ``etl.boundaries.journey``, which refuses by itself whoever may not."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from etl.boundaries import journey, matching, placing
from etl.boundaries.assigning import LEFT_OUT
from etl.boundaries.findings import codes
from etl.findings import Severity
from store import boundaries, periods
from store.access import User
from views import desk, frame, tables
from views import format as fmt
from views.screens import mapreport
from views.text import as_label

if TYPE_CHECKING:
    from views.frame import Context

said = desk.said
FILE, SEEN, TABLE = desk.MAP
BOX = "_map_box"
KINDS = ["geojson", "json", "zip", "gpkg", "osm", "pbf"]
FIRST_DAY = date(1990, 1, 1)


def standing(ctx: Context, user: User) -> None:
    """The maps in use, and putting one out of use."""
    items = boundaries.standing(ctx.settings)[::-1]
    frame.heading(ctx, ctx.text("boundaries.standing"), "", "standing_heading")
    frame.show(ctx, mapreport.standing(ctx, items, desk.names(ctx)), "standing")
    frame.flush(ctx)
    if not items:
        return
    by_version = {item["version"]: item for item in items}
    with st.expander(ctx.text("boundaries.withdraw")), st.form("withdraw_map", border=False):
        chosen = st.selectbox(
            ctx.text("boundaries.which"),
            list(by_version),
            format_func=lambda name: _label(ctx, by_version[name]),
        )
        if st.form_submit_button(ctx.text("boundaries.withdraw_do")) and desk.attempt(
            ctx, lambda: journey.withdraw(ctx.settings, chosen, user)
        ):
            desk.say(ctx, "boundaries.withdrawn")
            st.rerun()


def _label(ctx: Context, item: dict) -> str:
    return f"{item['file']} · {fmt.day(item['vintage'], ctx.language)}"


def choose_file(ctx: Context) -> tuple[str, bytes] | None:
    """The file that the person chose; it stays while the person looks at other pages."""
    frame.heading(ctx, ctx.text("boundaries.import"), ctx.text("boundaries.import_note"), "import_heading")
    frame.flush(ctx)
    key = f"map:{st.session_state.setdefault(BOX, 0)}"

    def keep() -> None:
        forget(box=False)
        own = st.session_state[key]
        if own is not None:
            st.session_state[FILE] = (own.name, own.getvalue())

    st.file_uploader(ctx.text("boundaries.choose"), type=KINDS, key=key, on_change=keep, width="stretch")
    file = st.session_state.get(FILE)
    if file and not st.session_state.get(key):
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.markdown(ctx.text("upload.kept", names=as_label(file[0])))
        right.button(ctx.text("upload.drop"), on_click=forget, width="stretch")
    return file


def forget(box: bool = True) -> None:
    """Put the file aside, here only: nothing of it was written."""
    for key in (FILE, SEEN, TABLE):
        st.session_state.pop(key, None)
    if box:
        st.session_state[BOX] = st.session_state.get(BOX, 0) + 1


def asked(ctx: Context, seen: journey.Examined | None) -> journey.Asked | None:
    """What the person says about the file; None until all that must be said is said."""
    left, middle, right = st.columns(3)
    level = left.selectbox(
        ctx.text("boundaries.of"),
        list(boundaries.LEVELS)[::-1],
        format_func=lambda key: ctx.text(f"boundaries.level.{key}"),
    )
    day = middle.date_input(
        ctx.text("boundaries.vintage"), value=None, format="DD/MM/YYYY", min_value=FIRST_DAY,
        max_value=periods.today_in_viet_nam(), help=ctx.text("boundaries.vintage_help"),
    )  # fmt: skip
    crs = right.selectbox(
        ctx.text("boundaries.crs"), [None, *placing.USUAL, *(code for code in placing.KNOWN if code not in placing.USUAL)],
        format_func=lambda code: _crs(ctx, code),
    )  # fmt: skip
    left, middle = st.columns(2)
    source = left.text_input(ctx.text("boundaries.source"), max_chars=200)
    licence = middle.text_input(ctx.text("boundaries.licence"), max_chars=200)
    credit = st.text_input(
        ctx.text("boundaries.attribution"), max_chars=400, help=ctx.text("boundaries.attribution_help")
    )
    more = _columns(ctx, seen)
    if not (day and source.strip() and licence.strip()):
        st.caption(ctx.text("boundaries.say_all"))
        return None
    return journey.Asked(
        vintage=day,
        source=source.strip(),
        licence=licence.strip(),
        attribution=credit.strip(),
        level=level,
        crs=crs,
        match=st.session_state.get(TABLE, ""),
        **more,
    )


def _crs(ctx: Context, code: int | None) -> str:
    if code is None:
        return ctx.text("boundaries.crs_file")
    if code in placing.TM3.values():
        meridian = next(lon for lon, epsg in placing.TM3.items() if epsg == code)
        return ctx.text("boundaries.tm3", code=code, meridian=fmt.number(meridian, ctx.language, 2))
    return ctx.text(f"boundaries.epsg.{code}")


def _columns(ctx: Context, seen: journey.Examined | None) -> dict[str, str | None]:
    """Layer, columns and level of OSM: asked for once the file was looked at, where it leaves a choice."""
    if seen is None:
        return {}
    found: dict[str, str | None] = {}
    places = iter(st.columns(4))
    if len(seen.layers) > 1:
        found["layer"] = next(places).selectbox(
            ctx.text("boundaries.layer"), [None, *seen.layers], format_func=lambda name: name or "–"
        )
    if seen.file.lower().endswith((".osm", ".pbf")) or "admin_level" in seen.columns:
        level = next(places).selectbox(
            ctx.text("boundaries.admin_level"),
            [None, *map(str, range(2, 12))],
            format_func=lambda name: name or "–",
        )
        found["admin_level"] = level
    if seen.columns:
        for key in ("code_column", "name_column"):
            found[key] = next(places).selectbox(
                ctx.text(f"boundaries.{key}"),
                ["", matching.NO_COLUMN, *seen.columns],
                format_func=lambda name: (
                    ctx.text("boundaries.by_itself")
                    if not name
                    else ctx.text("boundaries.no_column")
                    if name == matching.NO_COLUMN
                    else name
                ),
            )
    return found


def seen() -> journey.Examined | None:
    """What was found in the file the last time."""
    kept = st.session_state.get(SEEN)
    return kept[1] if kept else None


def examine(ctx: Context, file: tuple[str, bytes], wanted: journey.Asked) -> journey.Examined:
    """The report, kept until the file or what is said about it changes."""
    name, data = file
    key = (name, hashlib.sha256(data).hexdigest(), wanted)
    kept = st.session_state.get(SEEN)
    if kept and kept[0] == key:
        return kept[1]
    with st.spinner(ctx.text("boundaries.reading")), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"map{''.join(Path(name).suffixes[-1:]).lower()}"
        path.write_bytes(data)
        examined = journey.examine(ctx.settings, path, wanted, name)
    first = kept is None
    st.session_state[SEEN] = (key, examined)
    if first:  # now the file's own layers and columns can be offered
        st.rerun()
    return examined


def report(ctx: Context, examined: journey.Examined) -> None:
    """Counts, what was found, the drawing, and what was matched by name."""
    key = "boundaries.blocked" if examined.blocked else "boundaries.report"
    frame.heading(ctx, ctx.text(key), examined.terms, "report_heading")
    if examined.pairs:
        frame.show(ctx, mapreport.counts(ctx, examined), "counts")
    frame.show(ctx, mapreport.totals(ctx, examined), "totals")
    frame.show(ctx, mapreport.findings(ctx, examined), "findings")
    frame.flush(ctx)
    figure = mapreport.preview(ctx, examined)
    if figure is not None:
        frame.chart(
            ctx, figure, "preview", ctx.text("boundaries.preview", count=len(examined.shapes.area_ids))
        )
        note = ctx.text("map.attribution", attribution=examined.terms.rstrip(". "), licence=examined.asked.licence,
                        day=fmt.day(examined.asked.vintage.isoformat(), ctx.language))  # fmt: skip
        frame.show(ctx, f'<p class="small">{tables.esc(note)}</p>', "preview_note")
    named = mapreport.by_name(ctx, examined)
    if named:
        frame.heading(ctx, ctx.text("boundaries.named"), ctx.text("boundaries.named_note"), "named_heading")
        frame.show(ctx, named, "named")
    frame.flush(ctx)


def settle(ctx: Context, examined: journey.Examined) -> None:
    """A table to fill in: which area each shape is that was not matched, or was matched by name."""
    open_ = [pair for pair in examined.pairs if pair.how in ("", "hand", "name")][: mapreport.MOST_ROWS]
    if not open_:
        return
    areas = matching.valid_areas(examined.definitions, examined.asked.level, examined.asked.vintage)
    shown = {area.id: mapreport.area_label(ctx, area) for area in areas}
    frame.heading(ctx, ctx.text("boundaries.settle"), ctx.text("boundaries.settle_note"), "settle_heading")
    frame.flush(ctx)
    out = ctx.text("boundaries.left_out")
    table = pd.DataFrame(
        {
            "feature": [pair.feature for pair in open_],
            "file": [" · ".join(part for part in (pair.code, pair.name) if part) for pair in open_],
            "area": [shown.get(pair.area_id) or (out if pair.how == "hand" else None) for pair in open_],
        }
    )
    columns = {
        "feature": st.column_config.NumberColumn(ctx.text("boundaries.number"), width="small"),
        "file": st.column_config.TextColumn(ctx.text("boundaries.in_file")),
        "area": st.column_config.SelectboxColumn(
            ctx.text("boundaries.in_list"), options=[out, *shown.values()]
        ),
    }
    with st.form("settle_map", border=False):
        edited = st.data_editor(
            table, column_config=columns, disabled=["feature", "file"], hide_index=True, width="stretch",
            key=f"settle:{examined.sha256[:8]}",
        )  # fmt: skip
        if st.form_submit_button(ctx.text("boundaries.settle_do")):
            st.session_state[TABLE] = _as_csv(
                examined, table, edited, {text: name for name, text in shown.items()}, out
            )
            st.rerun()


def _as_csv(
    examined: journey.Examined, before: pd.DataFrame, edited: pd.DataFrame, ids: Mapping[str, str], out: str
) -> str:
    """The table of assignments that the command line reads too: what was said before, and what is said now."""
    told = {pair.feature: pair.area_id or LEFT_OUT for pair in examined.pairs if pair.how == "hand"}
    for feature, was, now in zip(edited["feature"], before["area"], edited["area"], strict=True):
        if now != was and isinstance(now, str):
            told[int(feature)] = LEFT_OUT if now == out else ids[now]
        elif now is None:
            told.pop(int(feature), None)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([("feature", "area"), *sorted(told.items())])
    return text.getvalue() if told else ""


def accept(ctx: Context, examined: journey.Examined, user: User) -> None:
    """Publish the map, once the person has looked at what a person has to look at."""
    if examined.blocked or examined.shapes is None:
        return
    frame.flush(ctx)
    warned = any(codes()[item.code] is Severity.WARN for item in examined.findings)
    sure = st.checkbox(ctx.text("boundaries.sure"), key=f"sure_map:{examined.sha256[:8]}") if warned else True
    if st.button(ctx.text("boundaries.accept"), type="primary", disabled=not sure, key="accept_map"):

        def act() -> None:
            with st.spinner(ctx.text("boundaries.publishing")):
                journey.accept(ctx.settings, examined, user)
            desk.say(
                ctx, "boundaries.accepted", file=as_label(examined.file), count=len(examined.shapes.area_ids)
            )

        if desk.attempt(ctx, act):
            forget()
            st.rerun()
