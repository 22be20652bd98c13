"""The frame of the dashboard: page settings, language, data space, menu, context. Draws no content of its own.

To add a page: one file in a folder below ``pages/`` and one line in ``PAGES``.
"""

import streamlit as st

from views import frame


def as_of(settings, space, day):
    """Snapshot of an earlier day; the builder is imported only when somebody asks for one."""
    from etl import asof

    return asof.snapshot_of(settings, space, day)


# group -> (page id, file, address). The first page is the one that opens without an address, and has none.
PAGES = {
    "explore": (
        ("overview", "pages/explore/overview.py", ""),
        ("map", "pages/explore/map.py", "ban-do"),
        ("change", "pages/explore/change.py", "truoc-sau"),
        ("comparison", "pages/explore/comparison.py", "doi-chung"),
        ("tiers", "pages/explore/tiers.py", "xep-hang"),
        ("plan", "pages/explore/plan.py", "muc-tieu"),
        ("index", "pages/explore/index.py", "chi-so-tong-hop"),
        ("area", "pages/explore/area.py", "ho-so-xa"),
        ("indicator", "pages/explore/indicator.py", "chi-tieu"),
        ("reference", "pages/explore/reference.py", "tham-chieu"),
        ("method", "pages/explore/method.py", "phuong-phap"),
    ),
    "present": (
        ("hall", "pages/present/hall.py", "trinh-chieu"),
        ("report", "pages/present/report.py", "bao-cao"),
    ),
    "manage": (
        ("upload", "pages/manage/upload.py", "gui-so-lieu"),
        ("publish", "pages/manage/publish.py", "duyet-cong-bo"),
        ("quality", "pages/manage/quality.py", "tinh-hinh-bao-cao"),
        ("boundaries", "pages/manage/boundaries.py", "ranh-gioi"),
        ("accounts", "pages/manage/accounts.py", "tai-khoan"),
    ),
}
ICONS = {
    "overview": ":material/dashboard:",
    "map": ":material/map:",
    "change": ":material/trending_up:",
    "comparison": ":material/compare_arrows:",
    "tiers": ":material/format_list_numbered:",
    "plan": ":material/flag:",
    "index": ":material/stacked_bar_chart:",
    "area": ":material/location_city:",
    "indicator": ":material/monitoring:",
    "reference": ":material/menu_book:",
    "method": ":material/functions:",
    "report": ":material/description:",
    "hall": ":material/slideshow:",
    "upload": ":material/upload_file:",
    "publish": ":material/fact_check:",
    "boundaries": ":material/polyline:",
    "accounts": ":material/person:",
    "quality": ":material/checklist:",
}


def follow(settings):
    """One of several servers keeps up with the others; imported only where there are any."""
    from etl import follow

    follow.start(settings)


language, space = frame.start(follow)
pages = {
    name: st.Page(
        file,
        title=language.text(f"{name}.menu"),
        icon=ICONS[name],
        url_path=path or None,
        default=name == "overview",
    )
    for group in PAGES.values()
    for name, file, path in group
}
menu = {
    language.text(f"menu.{group}"): [pages[name] for name, _, _ in members]
    for group, members in PAGES.items()
}
frame.run(language, space, pages, menu, as_of)
