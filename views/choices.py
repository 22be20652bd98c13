"""What a reader chooses: kept across pages, written into the address, read back from it.

A page that is only opened writes nothing; after a choice the address holds all choices of the page, so that any screen
can be sent and opened again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from store import citations, periods
from store.citations import Citation
from store.definitions import Area, Catalogue, Indicator, SchemeSpec
from store.groups import COMMUNE, Group
from store.groups import alone as alone_group
from store.lineage import exists_in
from store.settings import Settings
from views import boards, drawings, load, many, reporting, standings
from views import format as fmt
from views.text import as_label

if TYPE_CHECKING:
    import pandas as pd

    from views.frame import Context
    from views.text import Language


def keep(key: str, value: str) -> None:
    """Remember a choice for the other pages and for the address, and whether the reader made it just now."""
    state = st.session_state
    before, address = state.get(f"keep:{key}", value), st.query_params.get(key)
    run = state.setdefault("_run", {"choices": {}, "made": False})
    run["choices"][key] = value
    run["made"] = run["made"] or (value not in (before, address))
    remember(key, value)
    state[f"url:{key}"] = value


def remember(key: str, value: str) -> None:
    """Keep a choice for the other pages; what links to them carry along stands in one place besides, because looking
    through all of the session's state takes milliseconds."""
    st.session_state[f"keep:{key}"] = value
    st.session_state.setdefault("_kept", {})[key] = value


def write_address() -> None:
    """After the reader chose something, write all choices of the page into the address: one step in the browser's
    history. A page that was only opened writes nothing, so that going back leaves it."""
    run = st.session_state.pop("_run", {"choices": {}, "made": False})
    if run["made"]:
        chosen = {**st.query_params.to_dict(), **run["choices"]}
        st.query_params.from_dict({key: value for key, value in chosen.items() if value})


def kept() -> dict[str, str]:
    """Every choice made or met so far: what links to other pages carry along."""
    return {key: value for key, value in st.session_state.get("_kept", {}).items() if value}


def settle(key: str, options: Sequence[str], default: str, also: Mapping[str, str] | None = None) -> str:
    """The value a choice starts this run with: the address if the reader changed it, else what was chosen. ``also``:
    other spellings that an address may use. A word that is no option is remembered, so that the page can say so."""
    state, widget = st.session_state, f"w:{key}"
    address = st.query_params.get(key)
    address = (also or {}).get(address, address)
    if address is not None and address not in options and address != state.get(f"odd:{key}"):
        state[f"odd:{key}"] = address
        state.setdefault("_odd", []).append(address)
    if address in options and address != state.get(f"url:{key}"):
        value = address
    else:
        value = next(
            (item for item in (state.get(widget), state.get(f"keep:{key}")) if item in options), default
        )
    # Set anew in every run: on another page the same key names another widget, which would start at its first option.
    state[widget] = value
    return value


def chosen() -> dict[str, str]:
    """The choices that the page of this run has made so far."""
    return {
        key: value for key, value in st.session_state.get("_run", {"choices": {}})["choices"].items() if value
    }


def named() -> list[str]:
    """The page's choices in words, as their boxes show them: for paper, which has no boxes."""
    words = st.session_state.get("_run", {}).get("named", {})
    return [text for key, text in words.items() if key not in ("lang", "space")]


def cited(settings: Settings) -> tuple[Citation | None, str]:
    """(the citation that this reader looks at, "") or (None, the word in the address that is no code of one).

    Where it is met first, its choices become the reader's, but for those that the address itself makes; from then on it
    goes along from page to page like a choice, until it is left.
    """
    state, address = st.session_state, st.query_params.get("cite")
    word = address if address is not None and address != state.get("url:cite") else state.get("keep:cite", "")
    found = citations.find(settings, word) if word else None
    if found is None:
        state.pop("_cited", None)
    elif state.get("_cited") != found.code:
        state["_cited"] = found.code
        for key, value in found.choices:
            if key not in st.query_params:
                _begin(key, value)
        _begin("space", found.space)
        _begin("asof", "")
    keep("cite", found.shown if found else "")
    return found, "" if found else word


def _begin(key: str, value: str) -> None:
    """Let a choice start with this value, whatever was chosen before."""
    state = st.session_state
    for widget in [
        name for name in state if name == f"w:{key}" or (key == "weights" and name.startswith("w:weight:"))
    ]:
        del state[widget]
    remember(key, value)
    state[f"url:{key}"] = st.query_params.get(key)


def alone() -> bool:
    """Whether only one part of the page is asked for, to stand in another page: it has no boxes to choose in."""
    return bool(st.session_state.get("_alone"))


_WRITTEN_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


def choose_day(language: Language) -> None:
    """The day as of which figures are shown, typed as it is written here; empty: the newest. Kept like every choice; the
    address holds it as 2025-01-15."""
    state, widget = st.session_state, "w:asof"
    address = st.query_params.get("asof")
    if address is not None and address not in (state.get("url:asof"), state.get("odd:asof")):
        state[widget] = _day_text(address)
        if address and _read_day(state[widget]) is None:
            state["odd:asof"] = address
            state.setdefault("_odd", []).append(address)
    elif widget not in state:
        state[widget] = _day_text(state.get("keep:asof", ""))
    text = st.text_input(
        language.text("choose.as_of"),
        key=widget,
        placeholder=language.text("choose.as_of_example"),
        help=language.text("choose.as_of_help"),
    )
    found = _read_day(text)
    if text.strip() and found is None:
        st.caption(language.text("choose.as_of_wrong"))
    keep("asof", found.isoformat() if found else "")


def day() -> date | None:
    """The day chosen, if any."""
    return _read_day(_day_text(st.session_state.get("keep:asof", "")))


def _day_text(iso: str) -> str:
    """2025-01-15 -> 15/01/2025; what is no day is empty."""
    try:
        return date.fromisoformat(iso).strftime("%d/%m/%Y")
    except ValueError:
        return ""


def _read_day(text: str) -> date | None:
    """A day as written here, day first; None for anything else and for days to come."""
    match = _WRITTEN_DAY.fullmatch(text.strip())
    if not match:
        return None
    try:
        found = date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None
    return found if found <= periods.today_in_viet_nam() else None


def choose(
    key: str,
    label: str,
    options: Iterable[str],
    names: Callable[[str], str],
    default: str | None = None,
    *,
    segmented: bool = False,
    where: Any = st,
    also: Mapping[str, str] | None = None,
) -> str:
    """One choice, kept in the address under ``key`` and across pages; an address that names no option is ignored."""
    options = list(options)
    value = settle(key, options, default if default in options else options[0], also)
    if alone():
        keep(key, value)
        return value
    if segmented:
        value = (
            where.segmented_control(label, options, key=f"w:{key}", format_func=names, required=True) or value
        )
    else:
        value = where.selectbox(label, options, key=f"w:{key}", format_func=names)
    keep(key, value)
    st.session_state["_run"].setdefault("named", {})[key] = f"{label}: {names(value)}"
    return value


def choose_indicator(
    ctx: Context,
    where: Any = st,
    *,
    only: Callable[[Indicator], bool] | None = None,
    among: Sequence[Indicator] | None = None,
) -> Indicator:
    """The indicator on show, out of all of them or ``among`` some."""
    found = [item for item in (among or ctx.catalogue.indicators) if only is None or only(item)]
    by_id = {indicator.id: indicator for indicator in found}
    chosen = choose(
        "indicator",
        ctx.text("choose.indicator"),
        by_id,
        lambda key: by_id[key].name.to(ctx.language.code) if key in by_id else key,
        found[0].id,
        where=where,
    )
    return by_id[chosen]


def choose_group(language: Language, known: Mapping[str, Group], where: Any = st) -> Group:
    """Which communes are compared; nothing is drawn where there is one group only."""
    if len(known) == 1:
        return next(iter(known.values()))
    found = choose(
        "group",
        language.text("choose.group"),
        known,
        lambda key: fmt.group(known[key], language) if key in known else key,
        where=st if where is None else where,
    )
    return known[found]


def follow_area(catalogue: Catalogue, known: Mapping[str, Group]) -> None:
    """Where the address names a commune that the group on show does not hold, show the smallest group that does, so that
    every commune of any time can be reached by its address."""
    state, area = st.session_state, _addressed(catalogue)
    if area is None or area.id == state.get("url:area"):
        return
    wanted = st.query_params.get("group")
    group = known.get(wanted) if wanted != state.get("url:group") else None
    group = group or known.get(state.get("keep:group", "")) or next(iter(known.values()))
    if area.id not in group.area_ids:
        holding = [item for item in known.values() if area.id in item.area_ids]
        if holding:
            _begin("group", min(holding, key=lambda item: len(item.areas)).id)


def _addressed(catalogue: Catalogue) -> Area | None:
    """The commune that the address names by id, or by a code that only one unit has, or one in the period named there."""
    word = st.query_params.get("area", "")
    if word in catalogue.area_by_id:
        found = catalogue.area_by_id[word]
        return found if found.level == COMMUNE else None
    named = catalogue.with_code(word)
    if len(named) > 1:
        named = _then(catalogue, named)
    return named[0] if len(named) == 1 else None


def _then(catalogue: Catalogue, areas: Sequence[Area]) -> tuple[Area, ...]:
    """Those of them that existed in the period that the address names; all where it names none."""
    word = st.query_params.get("after") or st.query_params.get("before") or ""
    try:
        period = periods.from_id(word, catalogue.administrative_quarters)
    except ValueError:
        return tuple(areas)
    return tuple(area for area in areas if exists_in(area, period))


def namesakes(ctx: Context) -> tuple[Area, ...]:
    """The units that the address may mean by a code that was given again; empty where it is clear."""
    named = ctx.catalogue.with_code(st.query_params.get("area", ""))
    return () if len(named) < 2 or len(_then(ctx.catalogue, named)) == 1 else named


def stranger(ctx: Context) -> Context:
    """The same reader before the one commune that the address names, where no group holds it."""
    area = _addressed(ctx.catalogue)
    if area is None or any(area.id in group.area_ids for group in load.groups(*ctx.data).values()):
        return ctx
    return replace(ctx, group=alone_group(area))


def asked(*keys: str) -> list[str | None]:
    """What the address asks for under these names, whether it can be had or not."""
    return [st.query_params.get(key) for key in keys]


def choose_area(ctx: Context, where: Any = st, *, key: str = "area") -> Area:
    """The commune on show; in the group of a whole country the province comes first, in a box above."""
    areas = _areas_of_province(ctx, key, where)
    by_id = {area.id: area for area in areas}
    found = choose(
        key,
        ctx.text("choose.area"),
        by_id,
        lambda name: fmt.area_full(by_id[name], ctx.language) if name in by_id else name,
        where=where,
        also=_spellings(ctx, areas),
    )
    return by_id[found]


def _spellings(ctx: Context, areas: Sequence[Area]) -> dict[str, str]:
    """What else an address may call these communes: by their codes and names."""

    def make() -> dict[str, str]:
        names = {
            name: area.id for area in areas for name in (fmt.area_full(area, ctx.language), *area.aliases)
        }
        return {**names, **{area.code: area.id for area in areas if area.code}}

    key = ("spellings", *ctx.data, ctx.area_ids, len(areas), areas[0].id, ctx.language.code)
    return load.made(key, make)


def choose_province(ctx: Context, where: Any = st) -> tuple[Area, ...]:
    """The communes of one province of the group."""
    own, known = many.provinces(ctx), ctx.catalogue.area_by_id
    found = choose(
        "province",
        ctx.text("choose.province"),
        own,
        lambda name: fmt.area_name(known[name], ctx.language) if name in known else name,
        where=where,
    )
    return own[found]


def _areas_of_province(ctx: Context, key: str, where: Any) -> tuple[Area, ...]:
    """All areas of the group; of a country those of the chosen province, and where the page points communes out, those. An
    address that names a commune chooses its province."""
    marked = chosen().get("marked")
    if marked:
        return tuple(ctx.catalogue.area_by_id[name] for name in marked.split("."))
    if ctx.group is None or ctx.group.kind != "country":
        return ctx.areas
    if "province" in chosen():
        return many.provinces(ctx)[chosen()["province"]]
    named = ctx.catalogue.area_by_id.get(st.query_params.get(key, ""))
    if (
        named is not None
        and named.province_id in many.provinces(ctx)
        and named.id != st.session_state.get(f"url:{key}")
    ):
        _begin("province", named.province_id)
        st.session_state["keep:province"] = named.province_id
    return choose_province(ctx, where)


MARKED = 8  # communes that a page of many points out


def choose_marked(ctx: Context, where: Sequence[Any] | None = None) -> tuple[str, ...]:
    """The communes that a page about many points out, at first the pilot's; nothing where there are few. ``where``: a
    container for the province and one for the communes. The address holds their ids as 01837-2020.02017-2020."""
    if not ctx.many:
        return ()
    if where is None and not alone():
        where = st.columns([1, 3]) if ctx.group.kind == "country" else (st, st)
    state, widget, by_id = st.session_state, "w:marked", ctx.catalogue.area_by_id
    inside = load.made(("inside", *ctx.data, ctx.area_ids), lambda: frozenset(ctx.area_ids))
    address = st.query_params.get("marked")
    read = [name for name in dict.fromkeys((address or "").split(".")) if name in inside][:MARKED]
    if address and not read and address != state.get("odd:marked"):
        state["odd:marked"] = address
        state.setdefault("_odd", []).append(address)
    if read and address != state.get("url:marked"):
        picked = read
    elif widget in state:
        picked = [name for name in state[widget] if name in inside]
    else:
        picked = [name for name in state.get("keep:marked", "").split(".") if name in inside]
        picked = picked or [area.id for area in ctx.catalogue.pilots if area.id in inside]
    offered = ctx.areas
    if ctx.group is not None and ctx.group.kind == "country" and not alone():
        known = chosen().get("province")  # where another box of the page asked for it already
        offered = many.provinces(ctx)[known] if known else choose_province(ctx, where[0])
    if not alone():
        options = list(dict.fromkeys([*picked, *(area.id for area in offered)]))
        state[widget] = picked  # set anew in every run, as in ``settle``
        picked = where[1].multiselect(
            ctx.text("choose.marked"),
            options,
            key=widget,
            format_func=lambda name: fmt.area_full(by_id[name], ctx.language) if name in by_id else name,
            placeholder=ctx.text("choose.communes_none"),
            max_selections=MARKED,
        )
    keep("marked", ".".join(picked))
    return tuple(picked)


def period_ids(ctx: Context) -> list[str]:
    """Periods in which the compared communes have figures, oldest first."""
    return list(load.period_ids(*ctx.data, ctx.area_ids))


def default_periods(ctx: Context) -> tuple[str, str]:
    """The newest period that at least half of the communes with figures have, and the oldest one to hold beside it:
    of the same kind, and of the same quarter where there is one, so that seasons do not pass for progress."""

    def make() -> tuple[str, str]:
        return _default_periods(load.periods(*ctx.data, ctx.area_ids))

    return load.made(("default_periods", *ctx.data, ctx.area_ids), make)


def _default_periods(table: pd.DataFrame) -> tuple[str, str]:
    table = table[table["period"] != "undated"] if (table["period"] != "undated").any() else table
    full = table[table["areas"] * 2 >= table["areas"].max()]
    after = (full if len(full) else table)["period"].iloc[-1]
    number = periods.from_id(after).number
    earlier = [item for item in table["period"] if boards.comparable(item, after) and item != after]
    earlier = earlier[: earlier.index(after)] if after in earlier else earlier
    same = [item for item in earlier if periods.from_id(item).number == number]
    return next(iter(same or earlier), after), after


def choose_period(
    ctx: Context, key: str = "after", where: Any = st, among: Sequence[str] | None = None
) -> str:
    """One period, newest first in the list, out of all or ``among`` some."""
    options = list(among or period_ids(ctx))[::-1]
    default = default_periods(ctx)[0 if key == "before" else 1]
    return choose(
        key,
        ctx.text(f"choose.{key}"),
        options,
        lambda item: fmt.period_dated(item, ctx.language, ctx.catalogue.administrative_quarters),
        default,
        where=where,
    )


def choose_counted(ctx: Context, options: Sequence[str], default: str, where: Any = st) -> str:
    """The one period in which communes are held against their common level, newest first. A choice of its own: most
    indicators lack some periods, and looking at one must not move the periods compared on other pages."""
    return choose(
        "counted",
        ctx.text("choose.counted"),
        options[::-1],
        lambda item: fmt.period_dated(item, ctx.language, ctx.catalogue.administrative_quarters),
        default,
        where=where,
    )


def choose_quarter(ctx: Context, where: Any = st) -> str:
    """The quarter whose reports are looked at, newest first, also where nobody has reported; at first the newest one
    with any report. Empty where none was due, as for units that were not there yet on an earlier day."""
    sent = load.periods(*ctx.data, ctx.area_ids, True)["period"]
    known = {item for item in sent if periods.from_id(item).kind == "quarter"}
    options = load.made(
        ("quarters", *ctx.data, ctx.area_ids, ctx.today),
        lambda: reporting.quarters_to_report(known, ctx.catalogue, ctx.today, ctx.areas)[::-1],
    )
    if not options:
        return ""
    return choose(
        "quarter",
        ctx.text("choose.quarter"),
        options,
        lambda item: fmt.period_dated(item, ctx.language, ctx.catalogue.administrative_quarters),
        next((item for item in options if item in known), None),
        where=where,
    )


def choose_reminded(ctx: Context, area_ids: Sequence[str], where: Any = st) -> str:
    """Whom a reminder is written to: one of these communes, or all of them together (``all``)."""
    by_id = ctx.catalogue.area_by_id
    return choose(
        "remind",
        ctx.text("choose.remind"),
        ["all", *area_ids],
        lambda key: ctx.text("quality.everyone") if key == "all" else fmt.area_full(by_id[key], ctx.language),
        where=where,
    )


def choose_report(ctx: Context, where: Sequence[Any]) -> tuple[Area | None, str]:
    """Whose report (None: all compared communes) and which kind; ``where`` are two containers."""
    by_id = {area.id: area for area in ctx.areas}
    codes = {area.code: area.id for area in ctx.areas if area.code}
    names = {
        "all": ctx.text("report.all"),
        **{key: fmt.area_full(area, ctx.language) for key, area in by_id.items()},
    }
    kinds = {key: ctx.text(f"report.kind.{key}") for key in ("brief", "full")}
    of = choose(
        "of",
        ctx.text("choose.of"),
        names,
        lambda key: names.get(key, key),
        where=where[0],
        also=codes,
    )
    kind = choose(
        "kind",
        ctx.text("choose.kind"),
        kinds,
        lambda key: kinds.get(key, key),
        where=where[1],
    )
    return by_id.get(of), kind


LETTERHEAD = ("parent", "issuer", "number", "place_day", "addressee", "signer_title", "receivers")


def letterhead(ctx: Context) -> dict[str, str]:
    """What the office fills in of the letterhead: typed here, kept in this session, written nowhere."""
    state = st.session_state
    saved = state.setdefault("letterhead", {})
    with st.expander(ctx.text("report.head")):
        st.caption(ctx.text("report.head_note"))
        places = st.columns(2)
        for number, key in enumerate(LETTERHEAD):
            widget = f"head:{key}"
            state.setdefault(widget, saved.get(key, ""))  # forgotten by the framework on another page
            draw = places[number % 2].text_area if key == "receivers" else places[number % 2].text_input
            saved[key] = draw(
                ctx.text(f"report.field.{key}"),
                key=widget,
                max_chars=400,
                placeholder=ctx.text(f"leave.head.{key}"),
            )
    return dict(saved)


def choose_periods(ctx: Context, where: Sequence[Any]) -> tuple[str, str]:
    """Before and after; ``where`` are two containers. What stands before is always earlier."""
    known = period_ids(ctx)
    after = choose_period(ctx, "after", where[1], known[1:])
    return choose_period(ctx, "before", where[0], known[: known.index(after)]), after


def choose_definition(ctx: Context, indicator: Indicator, options: Sequence[str], where: Any = st) -> str:
    """The way of counting on show; no choice is drawn where there is only one."""
    if len(options) == 1:
        return options[0]
    return choose(
        f"definition_{indicator.id}",
        ctx.text("choose.definition"),
        options,
        lambda key: indicator.definition(key).name.to(ctx.language.code),
        where=where,
    )


def choose_compared(ctx: Context, known: Sequence[str], where: Any = st) -> tuple[str, tuple[str, ...]]:
    """How the communes outside the pilot are picked (``all``, ``alike`` or ``own``), and which the reader picked out of
    those ``known``: all of them unless the choice is the reader's own."""
    how = choose(
        "compare",
        ctx.text("choose.compare"),
        ["all", "alike", "own"],
        lambda key: ctx.text(f"comparison.set.{key}"),
        where=where,
    )
    return how, _choose_communes(ctx, known) if how == "own" else tuple(known)


def _choose_communes(ctx: Context, known: Sequence[str]) -> tuple[str, ...]:
    """Some of these communes; the address holds their codes as 01843-02011."""
    state, widget, by_id = st.session_state, "w:communes", ctx.catalogue.area_by_id
    ids = {by_id[area].code: area for area in known}
    address = st.query_params.get("communes")
    read = [ids[code] for code in dict.fromkeys((address or "").split("-")) if code in ids]
    if address and not read and address != state.get("odd:communes"):
        state["odd:communes"] = address
        state.setdefault("_odd", []).append(address)
    if read and address != state.get("url:communes"):
        chosen = read
    elif widget in state:
        chosen = [area for area in state[widget] if area in by_id and by_id[area].code in ids]
    else:
        codes = state.get("keep:communes", "").split("-")
        chosen = [ids[code] for code in codes if code in ids] or list(known)
    if alone():
        keep("communes", "-".join(by_id[area].code for area in known if area in chosen))
        return tuple(area for area in known if area in chosen)
    state[widget] = chosen  # set anew in every run, as in ``settle``
    found = st.multiselect(
        ctx.text("choose.communes"),
        list(known),
        key=widget,
        format_func=lambda area: fmt.area_full(by_id[area], ctx.language) if area in by_id else area,
        placeholder=ctx.text("choose.communes_none"),
    )
    keep("communes", "-".join(by_id[area].code for area in known if area in found))
    return tuple(area for area in known if area in found)


def choose_progress(ctx: Context, states: Mapping[str, int], where: Any = st) -> str:
    """Which of the programme's items are listed: all, or those in one state; each with its number of items."""
    return choose(
        "progress",
        ctx.text("choose.progress"),
        states,
        lambda key: f"{ctx.text(f'programme.filter.{key}')} ({states.get(key, 0)})",
        segmented=True,
        where=where,
    )


def choose_layer(ctx: Context, where: Any = st) -> str:
    """The drawing of the map: real boundaries first where the installation imported them; empty where there is none of
    the areas on show."""
    options = drawings.kinds(ctx)
    if not options:
        return ""
    on_phone = "Mobi" in (st.context.headers.get("User-Agent") or "")  # labels need room on a sketch
    return choose(
        "layer",
        ctx.text("choose.layer"),
        options,
        lambda key: ctx.text(f"map.layer.{key}"),
        drawings.TILES if on_phone and drawings.TILES in options else None,
        segmented=True,
        where=where,
    )


def choose_scheme(ctx: Context, where: Any = st, *, judged: bool = False) -> SchemeSpec:
    """The recognition scheme on show; ``judged``: only those whose criteria figures can be held against."""
    found = {scheme.id: scheme for scheme in ctx.catalogue.schemes if not judged or standings.judges(scheme)}
    chosen = choose(
        "scheme",
        ctx.text("choose.scheme"),
        found,
        lambda key: found[key].name.to(ctx.language.code) if key in found else key,
        where=where,
    )
    return found[chosen]


def choose_weights(
    ctx: Context, proposed: Mapping[str, int], names: Mapping[str, str], where: Sequence[Any]
) -> dict[str, int]:
    """A slider per pillar, 0 to 100 in steps of 5, and a button back to the proposed weights; ``where``: a container each,
    and one for the button. The address holds all of them as 40-20-20-20, nothing while they are as proposed."""
    state, widgets = st.session_state, {name: f"w:weight:{name}" for name in proposed}
    address, start = st.query_params.get("weights"), list(proposed.values())
    read = _read_weights(address, len(start))
    if address and read is None and address != state.get("odd:weights"):
        state["odd:weights"] = address
        state.setdefault("_odd", []).append(address)
    if read and address != state.get("url:weights"):
        marks = read
    elif all(widget in state for widget in widgets.values()):
        marks = [state[widget] for widget in widgets.values()]
    else:
        marks = _read_weights(state.get("keep:weights"), len(start)) or start
    if alone():
        return dict(zip(proposed, marks, strict=True))
    for widget, mark in zip(widgets.values(), marks, strict=True):
        state[widget] = mark  # set anew in every run, as in ``settle``

    def back() -> None:
        state.update(zip(widgets.values(), start, strict=True))

    found = {
        name: place.slider(as_label(names[name]), 0, 100, step=5, key=widgets[name], format="%d")
        for name, place in zip(proposed, where, strict=False)
    }
    where[len(start)].button(
        ctx.text("choose.weights_back"),
        key="weights_back",
        on_click=back,
        disabled=found == dict(proposed),
        icon=":material/restart_alt:",
        width="stretch",
    )
    keep("weights", "" if found == dict(proposed) else "-".join(str(mark) for mark in found.values()))
    return found


def _read_weights(text: str | None, count: int) -> list[int] | None:
    """40-20-20-20 -> marks of the sliders; None for anything else, and for nothing but zeros."""
    parts = (text or "").split("-")
    if len(parts) != count or not all(re.fullmatch(r"\d{1,3}", part, re.ASCII) for part in parts):
        return None
    marks = [int(part) for part in parts]
    return marks if max(marks) <= 100 and sum(marks) else None
