"""The desk's widgets: choosing files, reading what they would do, sending, deciding. What is drawn comes from
``views.screens.delivery``; what is written goes through ``etl.desk``, which refuses by itself whoever may not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from etl import desk, marks
from etl.desk import Proposal, Submission
from etl.findings import Severity
from etl.publish import PRODUCT
from store import accounts, periods
from store.access import REPORTER, User
from store.definitions import Area, SchemeSpec
from store.errors import BoardError, StaleDiff, StoreError
from store.snapshot import current_id
from views import effects, frame, load, signin, standings
from views import format as fmt
from views.screens import delivery
from views.text import as_label

if TYPE_CHECKING:
    from views.frame import Context

FILES, BOX, PROPOSAL, SAID = "_files", "_box", "_proposal", "_said"
MAP = (
    "_map_file",
    "_map_seen",
    "_map_table",
)  # a map file, what was found in it, the assignments made by hand
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Files = list[tuple[str, bytes]]
FIRST_QUARTER = 2022  # the pilot's baseline


def say(ctx: Context, key: str, **facts: object) -> None:
    """Remember one sentence for the next run, where it is drawn on top."""
    st.session_state[SAID] = (ctx.text(key, **facts), "check_circle")


def said(ctx: Context) -> None:
    """Draw what the act before had to say."""
    text, icon = st.session_state.pop(SAID, ("", ""))
    if text:
        frame.flush(ctx)
        (st.success if icon == "check_circle" else st.warning)(as_label(text), icon=f":material/{icon}:")


def names(ctx: Context) -> Callable[[str], str]:
    """An account's name -> how the person is called; a name that is no account stays."""
    try:
        shown = {item.user.name: item.user.shown for item in accounts.listed(ctx.settings)}
    except StoreError:  # the store of several servers is gone: the page shows what it has
        shown = {}
    shown[PRODUCT.name] = ctx.text("delivery.product")
    return lambda name: shown.get(name, name)


def attempt(ctx: Context, act: Callable[[], object]) -> bool:
    """Do it; False, and one sentence on the page, when the product refuses."""
    try:
        act()
    except StaleDiff:
        st.session_state.pop(PROPOSAL, None)
        st.session_state[SAID] = (ctx.text("upload.stale"), "sync_problem")
        st.rerun()
    except BoardError as error:
        st.error(signin.sentence(ctx.language, error), icon=":material/error:")
        return False
    return True


# ---------------------------------------------------------------- files


def choose_files(ctx: Context) -> Files:
    """Files the person chose or dropped; they stay while the person looks at other pages."""
    frame.flush(ctx)
    key = f"files:{st.session_state.setdefault(BOX, 0)}"

    def keep() -> None:
        st.session_state[FILES] = [(item.name, item.getvalue()) for item in st.session_state[key]]

    st.file_uploader(
        ctx.text("upload.choose"), accept_multiple_files=True, key=key, on_change=keep, width="stretch"
    )
    files: Files = st.session_state.get(FILES, [])
    if files and not st.session_state.get(key):
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.markdown(ctx.text("upload.kept", names=as_label(", ".join(name for name, _ in files))))
        right.button(ctx.text("upload.drop"), on_click=forget, width="stretch")
    return files


def forget() -> None:
    """Put the files aside, here only: nothing of them was written."""
    for key in (FILES, PROPOSAL, *MAP):
        st.session_state.pop(key, None)
    st.session_state[BOX] = st.session_state.get(BOX, 0) + 1


def choose_replaced(ctx: Context, user: User) -> tuple[str, ...]:
    """An earlier file that the new ones supersede as a whole, out of those the person may answer for."""
    standing = [
        item
        for item in desk.submissions(ctx.settings, ctx.space)
        if item.state == desk.ACCEPTED and (user.role != REPORTER or set(item.areas) <= set(user.areas))
    ]
    if not standing:
        return ()
    by_id = {item.upload_id: item for item in standing}
    chosen = st.selectbox(
        ctx.text("upload.replaces"),
        ["", *by_id],
        format_func=lambda name: (
            _submission_label(ctx, by_id[name]) if name else ctx.text("upload.replaces_none")
        ),
        help=ctx.text("upload.replaces_help"),
        key="replaces",
    )
    return (chosen,) if chosen else ()


def _submission_label(ctx: Context, item: Submission) -> str:
    return f"{item.file} · {delivery.moment(item.at, ctx)}"


def propose(ctx: Context, files: Files, user: User, replaces: tuple[str, ...]) -> Proposal:
    """The judgement and the comparison, kept until the files, the person or the published figures change."""
    marks_of = tuple((name, hashlib.sha256(data).hexdigest()) for name, data in files)
    asked = ("propose", ctx.space, user, marks_of, replaces)
    return _kept_proposal(ctx, asked, lambda: desk.propose(ctx.settings, ctx.space, files, user, replaces))


def _kept_proposal(ctx: Context, asked: tuple, make: Callable[[], Proposal]) -> Proposal:
    """What was worked out before, while nobody has published since; says so when that changed what is compared."""
    snapshot_id = current_id(ctx.settings, ctx.space)
    before = st.session_state.get(PROPOSAL)
    if before and before[:2] == (asked, snapshot_id):
        return before[2]
    with st.spinner(ctx.text("upload.reading")):
        proposal = make()
    if before and before[0] == asked and _name(before[2]) != _name(proposal):
        st.warning(as_label(ctx.text("upload.stale")), icon=":material/sync_problem:")
    st.session_state[PROPOSAL] = (asked, snapshot_id, proposal)
    return proposal


def _name(proposal: Proposal) -> str:
    """Part of the keys of what sends or accepts: a click on what stood before the comparison moved is no click."""
    return proposal.changes.digest if proposal.changes is not None else ""


# ---------------------------------------------------------------- reading it


def show_findings(ctx: Context, files: Files, proposal: Proposal) -> None:
    """What was understood of each file, everything found, and the copies to correct."""
    for number, report in enumerate(proposal.reports):
        frame.show(ctx, delivery.understood(ctx, report), f"understood{number}")
    key = "upload.findings_blocked" if proposal.blocked else "upload.findings"
    frame.heading(ctx, ctx.text(key), ctx.text("upload.findings_note"), "findings_heading")
    frame.show(ctx, delivery.totals(ctx, proposal.reports), "totals")
    weights = [item.severity for report in proposal.reports for item in report.findings]
    notes = weights.count(Severity.NOTE)
    if notes < len(weights) or not notes:
        frame.show(ctx, delivery.findings(ctx, proposal.reports, (Severity.BLOCK, Severity.WARN)), "findings")
    frame.flush(ctx)
    if notes:  # only good to know, so nobody scrolls past them to what has to be done
        with st.expander(ctx.text("upload.notes", count=fmt.number(notes, ctx.language))):
            frame.show(ctx, delivery.findings(ctx, proposal.reports, (Severity.NOTE,)), "notes")
            frame.flush(ctx)
    for (name, data), report in zip(files, proposal.reports, strict=True):
        if report.findings:
            _marked(ctx, name, data, report)


def _marked(ctx: Context, name: str, data: bytes, report: Any) -> None:
    from reports.marked import marked_copy

    def make() -> bytes:
        kind, grids = marks.opened(data)
        found = marks.marks(report.findings, ctx.language.code)
        return marked_copy(data, kind, grids, found, ctx.text, ctx.language.code)

    stem = name.rsplit(".", 1)[0]
    st.download_button(
        ctx.text("upload.marked", name=as_label(name)),
        data=make,
        file_name=f"{stem}{ctx.text('upload.marked_suffix')}.xlsx",
        mime=XLSX,
        key=f"marked:{report.sha256}",
        on_click="ignore",
        icon=":material/edit_note:",
    )


def show_changes(ctx: Context, proposal: Proposal) -> None:
    """What would change, figure by figure, and what that does to rates, places and criteria."""
    changes = proposal.changes
    frame.heading(ctx, ctx.text("upload.changes"), delivery.changes_summary(ctx, changes), "changes_heading")
    if changes.nothing:
        frame.show(ctx, f"<p>{ctx.text('upload.nothing')}</p>", "changes")
        return
    first, rest = delivery.in_order(changes.rows)
    frame.show(ctx, delivery.changes(ctx, first), "changes")
    if len(rest):
        frame.flush(ctx)
        with st.expander(ctx.text("upload.more_added", count=fmt.number(len(rest), ctx.language))):
            frame.show(ctx, delivery.changes(ctx, rest), "more_changes")
            frame.flush(ctx)
    frame.heading(ctx, ctx.text("upload.effects"), ctx.text("upload.effects_note"), "effects_heading")
    found = _effects(ctx, proposal)
    first, rest = found[: delivery.FIRST_ROWS], found[delivery.FIRST_ROWS :]
    frame.show(ctx, delivery.effects(ctx, first), "effects")
    frame.flush(ctx)
    if rest:
        with st.expander(ctx.text("upload.more_effects", count=fmt.number(len(rest), ctx.language))):
            frame.show(ctx, delivery.effects(ctx, rest), "more_effects")
            frame.flush(ctx)


def _effects(ctx: Context, proposal: Proposal) -> list[effects.Effect]:
    """Period by period, for the compared communes; where those are many, for the pilot. Worked out once for the same files
    against the same figures: every tick on the page runs it anew."""
    ctx = ctx.of_pilot() if ctx.many else ctx
    files = tuple(report.sha256 for report in proposal.reports)
    asked = ("effects", *ctx.data, ctx.area_ids, files, proposal.changes.snapshot_id, proposal.changes.digest)
    return load.tried(asked, lambda: _worked_out(ctx, proposal))


def _worked_out(ctx: Context, proposal: Proposal) -> list[effects.Effect]:
    incoming, changes = delivery.shown_figures(proposal), proposal.changes.rows
    removed = changes[changes["kind"] == "removed"]
    in_use = load.definitions_in_use(*ctx.data, ctx.area_ids)
    touched = changes[changes["area_id"].isin(ctx.area_ids) & (changes["role"] == "observed")]
    found: list[effects.Effect] = []
    for period in sorted(touched["period"].unique()):
        before = load.figures(*ctx.data, ctx.area_ids, None, (period,))
        own, gone = (table[table["period"] == period] for table in (incoming, removed))
        own = own[own["area_id"].isin(ctx.area_ids)]
        after = effects.overlay(before, own, gone, in_use, ctx.catalogue)
        found += effects.effects(before, after, ctx.catalogue, period, ctx.area_ids, _schemes(ctx))
    return found


def _schemes(ctx: Context) -> list[SchemeSpec]:
    """The schemes whose criteria figures can be held against; in the official space a proposed one judges nobody."""
    return [
        scheme
        for scheme in ctx.catalogue.schemes
        if standings.judges(scheme) and (ctx.is_demo or scheme.status != "proposed")
    ]


# ---------------------------------------------------------------- sending


def send(ctx: Context, files: Files, proposal: Proposal, user: User) -> None:
    """Acknowledge what is doubtful, say why something is altered, and send."""
    if proposal.changes.nothing:
        return
    frame.heading(ctx, ctx.text("upload.send_title"), "", "send_title_heading")
    frame.flush(ctx)
    acknowledged = []
    for code in proposal.warnings:
        finding, count = delivery.first_of(proposal.reports, code)
        label = ctx.text("upload.acknowledge", what=delivery.said(ctx, finding), count=count)
        if st.checkbox(as_label(label), key=f"ack:{code}:{proposal.changes.digest}"):
            acknowledged.append(code)
    revises = proposal.changes.revises
    key = "upload.note_needed" if revises else "upload.note"
    note = st.text_area(ctx.text(key), key=f"note:{proposal.changes.digest}", max_chars=1000, height=90)
    ready = set(acknowledged) == set(proposal.warnings) and (not revises or bool(note.strip()))
    if not ready:
        st.caption(ctx.text("upload.not_ready"))
    after = "upload.send_second" if ctx.settings.second_person else "upload.send_now"
    st.caption(ctx.text(after, space=ctx.text(f"space.{ctx.space}")))
    if st.button(ctx.text("upload.send"), type="primary", disabled=not ready, key=f"send:{_name(proposal)}"):

        def act() -> None:
            with st.spinner(ctx.text("upload.sending")):
                sent = desk.submit(
                    ctx.settings,
                    ctx.space,
                    files,
                    user,
                    seen=proposal.changes.digest,
                    acknowledged=acknowledged,
                    note=note,
                    replaces=proposal.replaces,
                )
            forget()
            say(ctx, f"upload.sent_{sent[0].state}", names=", ".join(item.file for item in sent))

        if attempt(ctx, act):
            st.rerun()


def mine(ctx: Context, user: User) -> None:
    """The person's own files and their state; what waits can be taken back."""
    items = [item for item in desk.submissions(ctx.settings, ctx.space) if item.by == user.name]
    frame.heading(ctx, ctx.text("upload.mine"), ctx.text("upload.mine_note"), "mine_heading")
    frame.show(ctx, delivery.submissions(ctx, items, names(ctx)), "mine")
    frame.flush(ctx)
    waiting = [item for item in items if item.state == desk.WAITING]
    if waiting:
        item = _choose(ctx, "upload.take_back_which", waiting, "taking")
        if st.button(ctx.text("upload.take_back"), key=f"take_back:{item.id}") and attempt(
            ctx, lambda: desk.take_back(ctx.settings, ctx.space, item.id, user)
        ):
            say(ctx, "upload.taken_back", name=item.file)
            st.rerun()


def _choose(ctx: Context, label: str, items: Sequence[Submission], key: str) -> Submission:
    by_id = {item.id: item for item in items}
    chosen = st.selectbox(
        ctx.text(label),
        by_id,
        format_func=lambda name: _submission_label(ctx, by_id[name]) if name in by_id else name,
        key=f"{key}:{len(items)}",
    )
    return by_id[chosen]


# ---------------------------------------------------------------- blank forms


def blank_form(ctx: Context, user: User) -> None:
    """The empty workbook of a commune and quarter."""
    from reports.template import blank_form as make

    frame.heading(ctx, ctx.text("upload.form"), ctx.text("upload.form_note"), "form_heading")
    frame.flush(ctx)
    areas = _reported_areas(ctx, user)
    if not areas:
        return
    by_id = {area.id: area for area in areas}
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    chosen = left.selectbox(
        ctx.text("upload.form_area"),
        by_id,
        format_func=lambda name: fmt.area_full(by_id[name], ctx.language) if name in by_id else name,
        key="form_area",
    )
    area = by_id[chosen]
    quarters = quarters_of(ctx, area)
    period = middle.selectbox(
        ctx.text("upload.form_period"),
        quarters,
        format_func=lambda name: fmt.period_dated(name, ctx.language, ctx.catalogue.administrative_quarters),
        key=f"form_period:{chosen}",
    )
    if period is None:
        return

    def workbook() -> bytes:
        administrative = ctx.catalogue.administrative_quarters
        before = earlier(period)
        previous = load.figures(*ctx.data, (area.id,), None, (before,), every_definition=True)
        return make(
            ctx.catalogue,
            [area],
            periods.from_id(period, administrative),
            ctx.text,
            ctx.language.code,
            previous=previous,
            previous_period=periods.from_id(before, administrative),
        )

    right.download_button(
        ctx.text("upload.form_get"),
        data=workbook,
        file_name=f"bieu-mau-{area.code}-{period}.xlsx",
        mime=XLSX,
        key=f"form:{area.id}:{period}",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )


def _reported_areas(ctx: Context, user: User) -> list[Area]:
    """The communes the person reports for; all compared ones for who answers for all."""
    if user.role == REPORTER:
        areas = ctx.catalogue.area_by_id
        return [areas[name] for name in user.areas if name in areas]
    return list(ctx.areas)


def quarters_of(ctx: Context, area: Area) -> list[str]:
    """Quarters that the commune can report, the newest first: begun by today, and closed while it existed."""
    today, found = periods.today_in_viet_nam(), []
    for year in range(FIRST_QUARTER, today.year + 1):
        for number in range(1, 5):
            period = periods.from_id(f"{year}-Q{number}", ctx.catalogue.administrative_quarters)
            if period.start <= today and area.valid_on(period.end):
                found.append(period.id)
    return found[::-1]


def earlier(quarter: str) -> str:
    """The quarter before.

    >>> earlier("2024-Q1")
    '2023-Q4'
    """
    year, number = int(quarter[:4]), int(quarter[-1])
    return f"{year - 1}-Q4" if number == 1 else f"{year}-Q{number - 1}"


# ---------------------------------------------------------------- deciding


def decide(ctx: Context, user: User) -> None:
    """What waits: read what it would do, then accept it or return it with a reason."""
    waiting = [item for item in desk.submissions(ctx.settings, ctx.space) if item.state == desk.WAITING]
    frame.heading(
        ctx,
        ctx.text("publish.waiting", count=len(waiting)),
        ctx.text("publish.waiting_note"),
        "waiting_heading",
    )
    frame.show(ctx, delivery.submissions(ctx, waiting, names(ctx), "publish.none_waiting"), "waiting")
    frame.flush(ctx)
    if not waiting:
        return
    item = _choose(ctx, "publish.which", waiting, "deciding")
    data = desk.original(ctx.settings, ctx.space, item)
    asked = ("review", ctx.space, item.id)
    proposal = _kept_proposal(ctx, asked, lambda: desk.review(ctx.settings, ctx.space, [item.id]))
    show_findings(ctx, [(item.file, data)], proposal)
    _original_button(ctx, item, data)
    if proposal.changes is not None:
        show_changes(ctx, proposal)
    _decision(ctx, item, proposal, user)


def _original_button(ctx: Context, item: Submission, data: bytes) -> None:
    st.download_button(
        ctx.text("publish.original", name=as_label(item.file)),
        data=data,
        file_name=item.file,
        mime="application/octet-stream",
        key=f"original:{item.id}",
        on_click="ignore",
        icon=":material/download:",
    )


def _decision(ctx: Context, item: Submission, proposal: Proposal, user: User) -> None:
    own = ctx.settings.second_person and item.by == user.name
    if own:
        st.caption(ctx.text("error.access.same_person"))
    ready = not proposal.blocked and not own
    key = f"accept:{item.id}:{_name(proposal)}"
    if st.button(ctx.text("publish.accept"), type="primary", disabled=not ready, key=key):

        def act() -> None:
            with st.spinner(ctx.text("upload.sending")):
                seen = proposal.changes.digest
                desk.accept(ctx.settings, ctx.space, [item.id], user, seen=seen)
            say(ctx, "publish.accepted", name=item.file)

        if attempt(ctx, act):
            st.rerun()
    with st.form(f"return:{item.id}", border=False):
        why = st.text_area(ctx.text("publish.why"), max_chars=1000, height=80)
        if st.form_submit_button(ctx.text("publish.return")) and attempt(
            ctx, lambda: desk.send_back(ctx.settings, ctx.space, item.id, user, why)
        ):
            say(ctx, "publish.returned", name=item.file)
            st.rerun()


def withdraw(ctx: Context, user: User) -> None:
    """Files that count, and taking one of them out of the figures."""
    items = [item for item in desk.submissions(ctx.settings, ctx.space) if item.state != desk.WAITING]
    frame.heading(ctx, ctx.text("publish.decided"), ctx.text("publish.decided_note"), "decided_heading")
    frame.show(ctx, delivery.submissions(ctx, items, names(ctx), "publish.none_decided"), "decided")
    frame.flush(ctx)
    standing = [item for item in items if item.state == desk.ACCEPTED]
    if not standing:
        return
    item = _choose(ctx, "publish.withdraw_which", standing, "withdrawing")
    _original_button(ctx, item, desk.original(ctx.settings, ctx.space, item))
    with st.form(f"withdraw:{item.id}", border=False):
        why = st.text_area(ctx.text("publish.withdraw_why"), max_chars=1000, height=80)
        if st.form_submit_button(ctx.text("publish.withdraw")) and attempt(
            ctx, lambda: desk.withdraw(ctx.settings, ctx.space, item.upload_id, user, why)
        ):
            say(ctx, "publish.withdrawn", name=item.file)
            st.rerun()


def history(ctx: Context, user: User) -> None:
    """What was published when, the way back, and the log with its proof."""
    from etl import commit, keep, publish
    from store import ledger

    entries = ledger.read(commit.ledger_path(ctx.settings, ctx.space))
    state, line = keep.verify_log(ctx.settings, ctx.space)
    proof = ctx.text(f"publish.log_{state}", line=line)
    frame.heading(ctx, ctx.text("publish.log"), proof, "log_heading")
    frame.show(ctx, delivery.log(ctx, entries, names(ctx)), "log")
    frame.flush(ctx)
    standing = ledger.published(entries)
    if len(standing) < 2:
        return
    frame.heading(ctx, ctx.text("publish.back"), "", "back_heading")
    frame.flush(ctx)
    st.markdown(ctx.text("publish.back_note", now=standing[-1], then=standing[-2]))
    sure = st.checkbox(ctx.text("publish.back_sure"), key=f"sure:{standing[-1]}")
    key = f"rollback:{standing[-1]}"
    if st.button(ctx.text("publish.back_do"), disabled=not sure, key=key) and attempt(
        ctx, lambda: publish.rollback(ctx.settings, ctx.space, user)
    ):
        say(ctx, "publish.back_done", then=standing[-2])
        st.rerun()
