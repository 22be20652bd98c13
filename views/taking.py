"""Buttons of the report page: each file by itself, and the files of all communes in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from views.screens import report as screen

if TYPE_CHECKING:
    from views.frame import Context
    from views.screens.report import Chosen


def files(ctx: Context, chosen: Chosen, fields: Mapping[str, str]) -> None:
    """A button for each kind of file; it is made when it is asked for."""
    places = st.columns([1, 1, 1.3, 1.2, 1.5])
    for place, (extension, mime, make) in zip(places, screen.writers(ctx, chosen, fields), strict=False):
        _button(
            place,
            ctx.text(f"report.take_{extension}"),
            make,
            f"report_{extension}",
            ctx,
            chosen,
            extension,
            mime,
        )
    mark = f"{ctx.text('export.demo_prefix')}-" if ctx.is_demo else ""
    places[3].download_button(
        ctx.text("report.take_package"),
        data=lambda: screen.data_package(ctx),
        file_name=f"{mark}{ctx.text('report.file_package')}-{ctx.snapshot_id}.zip",
        mime="application/zip",
        key="report_package",
        on_click="ignore",
        icon=":material/database:",
        help=ctx.text("report.package_help"),
        width="stretch",
    )


def batch(ctx: Context, chosen: Chosen, fields: Mapping[str, str]) -> None:
    """The reports of all communes as a ZIP, made on demand with its progress; other choices ask for another one."""
    left, right, _ = st.columns([1, 1, 4])
    made_for = screen.batch_key(ctx, chosen, fields)
    if left.button(
        ctx.text("report.batch_make"), key="batch_make", icon=":material/folder_zip:", width="stretch"
    ):
        bar = st.progress(0.0)
        packed = screen.batch(ctx, chosen, fields, lambda share, words: bar.progress(share, text=words))
        st.session_state["batch"] = (made_for, packed)
        bar.empty()
    held = st.session_state.get("batch")
    if held and held[0] == made_for:
        _button(
            right, ctx.text("report.batch_take"), held[1], "batch_take", ctx, chosen, "zip", "application/zip"
        )


def _button(
    place: Any,
    label: str,
    data: bytes | Callable[[], bytes],
    key: str,
    ctx: Context,
    chosen: Chosen,
    extension: str,
    mime: str,
) -> None:
    place.download_button(
        label,
        data=data,
        file_name=screen.file_name(ctx, chosen, extension),
        mime=mime,
        key=key,
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
