"""Viết số liệu minh họa theo quý của tám xã thí điểm và tám xã đối chứng: KHÔNG phải số liệu thật.

Illustrative quarters, 2022-Q4 to 2024-Q4, in the upload format. Nothing here was measured. Populations,
households, staff and dossier volumes below are invented, of a believable size for such communes; the growth
is invented too. Only six percentages are tied to published ones (see PUBLISHED), so that the illustration
does not contradict them. Every row carries the source `illustrative`.

How a rate is made: an indicator has three anchors in 1/100 of a percent (end of 2022, of 2023, of 2024); a
commune lies above or below them by its readiness; quarters between are interpolated, flat before the pilot
began in the third quarter of 2023; a sampling wobble of the size its denominator allows is added; the
numerator is rounded to whole cases. Filing figures nest: online full-process dossiers <= full-process
dossiers <= online services <= all received. Only integers and random.Random (seeded by text, one stream for
each commune and indicator) are used, so every run on every system writes the same bytes, and adding an
indicator does not disturb the others.

Eight communes outside the pilot (see OTHERS) get a few of the rates, so that the page which holds the pilot
against them has something to show. They come in a file of their own and take nothing from the streams of the
pilot communes. Until the pilot begins they move as pilot communes do; after it they cover only a part of
that way, a part invented for each indicator (see KEPT): for some all of it, so that the page also shows a
difference of none.

Usage: python data/demo/make_demo.py [--check]
"""

import csv
import io
import math
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SEED = "bac-kan-illustrative-1"
SOURCE = "illustrative"
NO_CASES = ("không phát sinh", "KPS")
QUARTERS = ("2022-Q4", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4")
ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}

# Invented sizes, for illustration only. sites: schools and clinics; firms: enterprises; cells: Party cells;
# dossiers, fee (fee-bearing) and full (full-process) are dossiers in an average quarter; ready: readiness,
# -100 to 100.
SIZES = """
code  people households villages staff cells sites firms traders dossiers fee full ready name
01837 9800   2680       15       24    19    9     138   310     1460     840 650  55    Phường Sông Cầu
02017 2300   560        9        20    12    4     4     32      340      158 126  18    Xã Quang Thuận
01912 4600   1090       14       21    17    5     11    64      530      236 205  2     Xã Thượng Giáo
02071 1750   440        8        19    10    4     2     21      228      74  81   -24   Xã Nghĩa Tá
02122 3050   760        11       20    14    4     6     45      385      149 142  12    Xã Như Cố
01951 1650   400        8        19    10    4     2     18      246      96  104  36    Xã Đức Vân
02173 2400   590        12       20    14    5     3     38      292      107 98   -12   Xã Côn Minh
01870 2150   460        8        19    10    4     1     0       214      58  63   -52   Xã Giáo Hiệu
"""

# Former communes of the same province outside the pilot: for each pilot commune the one of the same district
# and kind whose area is closest. Sizes invented like those above.
OTHERS = """
code  people households villages staff cells sites firms traders dossiers fee full ready name
01843 8600   2310       13       23    17    8     104   260      1290     735 570  44    Phường Phùng Chí Kiên
02011 2150   525        9        19    11    4     3     27       318      144 117  6     Xã Mỹ Thanh
01927 4150   980        13       21    16    5     8     52       492      218 188  -4    Xã Mỹ Phương
02038 1820   455        8        19    10    4     2     20       236      81  86   -15   Xã Quảng Bạch
02110 2240   545        9        20    12    4     3     31       302      118 112  -2    Xã Yên Cư
01948 1590   385        7        19    9     4     2     17       232      88  97   14    Xã Trung Hoà
02176 2080   505        10       19    12    4     4     29       268      101 92   -18   Xã Cư Lễ
01876 1980   425        8        19    10    4     1     12       206      66  64   -46   Xã An Thắng
"""


def read_sizes(table):
    """A table above: code -> name and whole numbers."""
    head, *lines = table.strip().split("\n")
    columns = head.split()
    communes = {}
    for line in lines:
        *numbers, name = line.split(None, len(columns) - 1)
        communes[numbers[0]] = dict(zip(columns[1:-1], map(int, numbers[1:]), strict=True)) | {"name": name}
    return communes


COMMUNES = read_sizes(SIZES)
OUTSIDE = read_sizes(OTHERS)
PLACES = COMMUNES | OUTSIDE

# Share of the year's average volume, in 1/1000, by quarter number: the Tết quarter is quiet.
SEASON = {"1": 870, "2": 1040, "3": 1030, "4": 1060}

# Rates: kind, denominator, (end of 2022, end of 2023, end of 2024) in 1/100 %.
# "flow": cases of the quarter, wobble freely; "stock": a state, seldom falls back; "same": set by the
# province; "nested": made from the others; "money": VND.
RATES = {
    "gov_online_payment_rate": ("flow", "fee", (60, 480, 1700)),
    "gov_full_online_filing_rate": ("flow", "full", (4600, 8000, 9250)),
    "gov_online_filing_rate": ("nested", "dossiers", ()),
    "gov_online_service_handled_rate": ("nested", "dossiers", ()),
    "gov_ontime_rate": ("flow", "resolved", (9500, 9750, 9880)),
    "gov_satisfaction_rate": ("flow", "ratings", (9600, 9780, 9870)),
    "gov_result_digitised_rate": ("flow", "results", (900, 3800, 7000)),
    "gov_dossier_digitised_rate": ("flow", "dossiers", (1500, 5200, 8100)),
    "gov_full_online_procedure_rate": ("same", "procedures", (4310, 6470, 7980)),
    "gov_portal_handling_rate": ("flow", "dossiers", (9700, 9990, 10000)),
    "gov_signed_docs_rate": ("flow", "outgoing", (7800, 9400, 9850)),
    "gov_online_work_rate": ("flow", "work_files", (4200, 7000, 8600)),
    "gov_paperless_meeting_rate": ("flow", "meetings", (500, 3600, 6200)),
    "gov_staff_platform_rate": ("stock", "staff", (7200, 9100, 9900)),
    "gov_party_ebook_rate": ("stock", "cells", (2200, 7400, 9500)),
    "prog_targets_rate": ("stock", "targets", (500, 5000, 8200)),
    "inf_hh_internet_rate": ("stock", "households", (6200, 7600, 8600)),
    "inf_hh_smart_device_rate": ("stock", "households", (6700, 7900, 8800)),
    "inf_hh_fibre_rate": ("stock", "households", (4100, 5900, 7300)),
    "inf_4g_village_rate": ("stock", "villages", (8600, 9300, 9800)),
    "inf_staff_computer_rate": ("stock", "staff", (9300, 9950, 10000)),
    "inf_commune_connectivity_rate": ("stock", "agencies", (6500, 8700, 9700)),
    "inf_digital_culture_house_rate": ("stock", "villages", (0, 2400, 5600)),
    "sec_system_level_rate": ("stock", "systems", (0, 5000, 8300)),
    "hr_staff_trained_rate": ("stock", "staff", (3000, 8600, 9700)),
    "hr_people_skill_rate": ("stock", "working_age", (600, 2900, 5400)),
    "eco_payment_account_rate": ("stock", "aged_15", (3900, 5600, 7200)),
    "eco_utility_cashless_rate": ("flow", "customers", (1100, 2900, 4900)),
    "eco_institution_cashless_rate": ("stock", "sites", (2500, 7000, 9500)),
    "eco_merchant_qr_rate": ("stock", "traders", (600, 3300, 6100)),
    "eco_einvoice_rate": ("stock", "firms", (10000, 10000, 10000)),
    "eco_revenue_vs_plan_rate": ("money", "plan", (10100, 10600, 10500)),
    "soc_ehealth_rate": ("stock", "people", (5600, 7300, 8600)),
    "soc_vneid_rate": ("stock", "aged_14", (2100, 5900, 7700)),
    "soc_school_health_digital_rate": ("stock", "sites", (5000, 8200, 9900)),
}
COUNTS = (
    "gov_dossiers_received",
    "gov_docs_processed",
    "inf_public_points",
    "hr_community_team",
    "hr_it_officers",
    "eco_ocop_online",
)
AMOUNTS = ("gov_online_payment_amount", "gov_visit_minutes")

# Which part of the way after the pilot's beginning communes outside it cover, in 1/1000; only these rates come.
KEPT = {
    "gov_online_payment_rate": 430,
    "gov_full_online_filing_rate": 700,
    "gov_online_filing_rate": 0,  # made from the others
    "gov_ontime_rate": 1000,
    "gov_satisfaction_rate": 1000,
    "gov_result_digitised_rate": 640,
    "gov_dossier_digitised_rate": 720,
    "inf_hh_smart_device_rate": 960,
    "inf_hh_internet_rate": 1000,
    "hr_people_skill_rate": 480,
    "eco_payment_account_rate": 900,
    "eco_merchant_qr_rate": 560,
    "soc_ehealth_rate": 880,
    "soc_vneid_rate": 930,
}
BEGUN = QUARTERS.index("2023-Q3")

# A commune's own course where the general one would be wrong or dull, in 1/100 %.
COURSES = {
    ("gov_online_payment_rate", "01837"): (12, 1070, 3650),
    ("gov_online_payment_rate", "02017"): (200, 830, 2300),
    ("gov_online_payment_rate", "01912"): (40, 330, 1500),
    ("gov_online_payment_rate", "02071"): (
        140,
        270,
        520,
    ),  # some seventy dossiers a quarter: the rise stays unclear
    ("gov_online_payment_rate", "02122"): (70, 560, 2050),
    ("gov_online_payment_rate", "01951"): (110, 940, 3000),
    ("gov_online_payment_rate", "02173"): (0, 380, 1150),
    ("gov_online_payment_rate", "01870"): (0, 170, 340),
    ("gov_online_payment_rate", "01843"): (14, 1010, 3300),
    ("gov_online_payment_rate", "02011"): (170, 780, 2150),
    ("gov_online_payment_rate", "01927"): (50, 360, 1480),
    ("gov_online_payment_rate", "02038"): (130, 280, 560),
    ("gov_online_payment_rate", "02110"): (70, 520, 1950),
    ("gov_online_payment_rate", "01948"): (110, 880, 2750),
    ("gov_online_payment_rate", "02176"): (0, 350, 1180),
    ("gov_online_payment_rate", "01876"): (0, 180, 380),
    ("gov_full_online_filing_rate", "01837"): (5800, 9100, 9650),
    ("gov_full_online_filing_rate", "01951"): (6300, 9900, 9900),
    ("gov_ontime_rate", "02122"): (
        9840,
        9790,
        8950,
    ),  # the one real fall: more dossiers, one officer on leave
    ("inf_hh_internet_rate", "01837"): (9100, 10150, 10900),  # counted by subscriptions, so it passes 100 %
    ("eco_merchant_qr_rate", "01837"): (1900, 7100, 9350),
    ("inf_4g_village_rate", "01837"): (10000, 10000, 10000),
    ("inf_digital_culture_house_rate", "01870"): (0, 0, 1250),
    ("hr_people_skill_rate", "02071"): (700, 1500, 1700),  # rose and then stood still
}

# Published percentages (gov_online_payment_rate before and after, gov_full_online_filing_rate after the
# 2023 pilot): invented cases that round to them. (indicator, commune, quarter): (numerator, denominator)
PUBLISHED = {
    ("gov_online_payment_rate", "01837", "2022-Q4"): (1, 846),  # 0,1 %
    ("gov_online_payment_rate", "01837", "2023-Q4"): (97, 907),  # 10,7 %
    ("gov_online_payment_rate", "02017", "2022-Q4"): (3, 151),  # 2,0 %
    ("gov_online_payment_rate", "02017", "2023-Q4"): (14, 169),  # 8,3 %
    ("gov_full_online_filing_rate", "01837", "2023-Q4"): (637, 700),  # 91 %
    ("gov_full_online_filing_rate", "01951", "2023-Q4"): (112, 113),  # 99 %
}

# Not reported at all: (indicator, commune, quarters).
GAPS = (
    ("eco_payment_account_rate", "01870", QUARTERS[:4]),
    ("gov_full_online_filing_rate", "02173", QUARTERS[:1]),
    ("hr_people_skill_rate", "02173", QUARTERS),
    ("gov_satisfaction_rate", "01912", QUARTERS[:2]),
    ("soc_ehealth_rate", "02122", QUARTERS[:3]),
    ("eco_utility_cashless_rate", "01870", QUARTERS[:5]),
    ("gov_visit_minutes", "02071", QUARTERS),
    ("sec_system_level_rate", "02071", QUARTERS[:5]),
    ("gov_docs_processed", "01951", QUARTERS[5:7]),
    ("hr_people_skill_rate", "02176", QUARTERS),
    ("eco_merchant_qr_rate", "01876", QUARTERS[:4]),
    ("gov_full_online_filing_rate", "02110", QUARTERS[8:]),
)
RANDOM_GAPS = 22  # further absent rows, in 1/1000, but none of these:
ALWAYS_SENT = ("gov_dossiers_received", "gov_online_payment_rate")
ANCHOR_QUARTERS = ("2022-Q4", "2023-Q4", "2024-Q4")
HEADLINES = (
    "gov_full_online_filing_rate",
    "gov_online_filing_rate",
    "gov_ontime_rate",
    "gov_satisfaction_rate",
    "inf_hh_smart_device_rate",
    "inf_hh_internet_rate",
    "eco_payment_account_rate",
    "soc_vneid_rate",
)

# Nothing to count in the quarter: the rate is undefined, which is neither blank nor zero.
EMPTY = {
    ("eco_merchant_qr_rate", "01870"): QUARTERS,  # no market
    ("eco_einvoice_rate", "01870"): QUARTERS[:5],  # first enterprise registered in 2024
    ("gov_satisfaction_rate", "02071"): ("2023-Q1",),
    ("gov_paperless_meeting_rate", "01951"): ("2023-Q1",),
}

LATE = ("02071", "2024-Q3")  # its figures come in a file of its own; the next quarter has not come at all
ABSENT = ("02071", "2024-Q4")
REVISED = ("02173", "2024-Q2")
REVISED_INDICATORS = (
    "gov_online_payment_rate",
    "gov_full_online_filing_rate",
    "gov_online_filing_rate",
    "gov_result_digitised_rate",
    "gov_online_payment_amount",
)

# How each office writes its file: commune as name or code, period as words or code, which spelling of "no
# cases".
NAME_FILES = ("2022-Q4", "2023-Q1", "2023-Q3", "2023-Q4", "2024-Q2", "2024-Q3")
WORD_FILES = ("2022-Q4", "2023-Q2", "2023-Q4", "2024-Q3", "2024-Q4")
HEADER = ("commune", "indicator", "period", "numerator", "denominator", "value", "note", "source")
HEADER_VI = ("xã/phường", "chỉ tiêu", "kỳ", "tử số", "mẫu số", "giá trị", "ghi chú", "nguồn")


def stream(*words):
    """A random stream of its own for these words (text seeds are hashed the same way on every system)."""
    return random.Random("|".join((SEED, *words)))


def divide(numerator, denominator):
    """Integer division rounded half up, for non-negative numbers."""
    return (2 * numerator + denominator) // (2 * denominator)


def wobble(rng, spread):
    """About normal, standard deviation `spread`, as an integer: three even throws added."""
    return (rng.randint(-1000, 1000) + rng.randint(-1000, 1000) + rng.randint(-1000, 1000)) * spread // 1000


def sizes(code):
    """All denominators of one commune by quarter (invented): name -> list of nine whole numbers."""
    commune = PLACES[code]
    rng = stream(code, "sizes")
    table = {}
    for index, quarter in enumerate(QUARTERS):
        volume = SEASON[quarter[-1]] * (1000 + 9 * index)  # about 1 % more each quarter
        dossiers, fee, full = (
            divide(commune[name] * volume * (1000 + rng.randint(-noise, noise)), 1000**3)
            for name, noise in (("dossiers", 35), ("fee", 45), ("full", 45))
        )
        fee = PUBLISHED.get(("gov_online_payment_rate", code, quarter), (0, fee))[1]
        full = PUBLISHED.get(("gov_full_online_filing_rate", code, quarter), (0, full))[1]
        partial = divide((dossiers - full) * (380 + 12 * index + rng.randint(-20, 20)), 1000)
        pending = divide(dossiers * rng.randint(5, 30), 1000)
        households = commune["households"] + commune["households"] * 2 * index // 1000
        people = commune["people"] + commune["people"] * index // 1000 + rng.randint(-4, 4)
        now = {
            "dossiers": dossiers,
            "fee": min(fee, dossiers),
            "full": full,
            "online_services": full + partial,
            "resolved": dossiers - pending,
            "ratings": divide(dossiers * rng.randint(300, 460), 1000),
            "results": divide(dossiers * rng.randint(760, 830), 1000),
            "outgoing": divide((95 + commune["people"] // 60) * (1000 + rng.randint(-90, 90)), 1000),
            "incoming": divide(
                (170 + commune["people"] // 45) * (1000 + 12 * index + rng.randint(-60, 60)), 1000
            ),
            "work_files": divide((70 + commune["people"] // 90) * (1000 + rng.randint(-80, 80)), 1000),
            "meetings": rng.randint(11, 19),
            "people": people,
            "households": households,
            "customers": households - households * 7 // 1000,
            "aged_14": people * 765 // 1000,
            "aged_15": people * 748 // 1000,
            "working_age": people * 610 // 1000,
            "traders": commune["traders"] + commune["traders"] * index // 120,
            "firms": commune["firms"] + commune["firms"] * index // 40,
            "plan": divide(commune["people"] * (16 + 2 * (quarter[:4] == "2024")) * SEASON[quarter[-1]], 1000)
            * 10000,
            "staff": commune["staff"],
            "cells": commune["cells"],
            "villages": commune["villages"],
            "sites": commune["sites"],
            "agencies": commune["sites"] + 3,
            "systems": 3,
            "targets": 17,
            "procedures": 116 if quarter < "2024" else 124,
        }
        for name, number in now.items():
            table.setdefault(name, []).append(number)
    return table


def course(indicator, code):
    """The nine true rates behind the figures, in 1/100 %."""
    kind, _, anchors = RATES[indicator]
    if (indicator, code) in COURSES:
        anchors = COURSES[indicator, code]
    elif kind not in ("same", "money") and anchors[0] < 10000:
        # Readiness moves an anchor up by a part of its way to 100 %, or down by a part of its height; where
        # nearly everyone stands near 100 % the way down is short too.
        lean = PLACES[code]["ready"] + stream(code, indicator, "lean").randint(-22, 22)
        anchors = tuple(
            anchor + (10000 - anchor if lean > 0 else min(anchor, 3 * (10000 - anchor))) * lean // 200
            for anchor in anchors
        )
    start, middle, end = anchors
    rng = stream("province" if kind == "same" else code, indicator, "pace")
    before = (0, rng.randint(20, 70), rng.randint(80, 150))  # 1/1000 of the way, before the pilot began
    first = rng.randint(380, 620)
    later = (rng.randint(170, 330), rng.randint(420, 580), rng.randint(700, 830), 1000)
    rates = [start + (middle - start) * share // 1000 for share in (*before, first, 1000)]
    rates += [middle + (end - middle) * share // 1000 for share in later]
    if code not in OUTSIDE:
        return rates
    last = rates[BEGUN - 1]
    return rates[:BEGUN] + [
        last + (rate - last) * KEPT.get(indicator, 1000) // 1000 for rate in rates[BEGUN:]
    ]


def numerators(indicator, code, size):
    """Whole cases of one rate for the nine quarters."""
    kind, denominator, _ = RATES[indicator]
    rng = stream(code, indicator, "cases")
    rates, cases = course(indicator, code), []
    can_pass = indicator in ("inf_hh_internet_rate", "eco_revenue_vs_plan_rate")
    for index, quarter in enumerate(QUARTERS):
        total, rate = size[denominator][index], rates[index]
        if (indicator, code, quarter) in PUBLISHED:
            cases.append(PUBLISHED[indicator, code, quarter][0])
            continue
        if total == 0:
            cases.append(0)
            continue
        if kind == "flow" and 0 < rate < 10000:
            # The spread of a share of `total` cases, halved: quarters of one office are less erratic than
            # draws.
            rate += wobble(rng, math.isqrt(rate * (10000 - rate) // total) // 2)
        elif kind == "stock" and total > 100 and rate < 10000:
            rate += wobble(rng, 35)
        elif kind == "money":
            rate += wobble(rng, 330)
        number = divide(max(rate, 0) * total, 10000)
        if kind == "money":
            number = number // 1000 * 1000
        if not can_pass:
            number = min(number, total)
        if kind == "stock" and cases and indicator != "eco_einvoice_rate":
            number = max(number, min(cases[-1] - (total > 100) * rng.randint(0, 2), total))
        cases.append(max(number, 0))
    if indicator == "eco_einvoice_rate":
        cases = list(size["firms"])
    return cases


def rates_of(code, size):
    """Numerator and denominator lists of every rate of one commune, filing figures nested."""
    table = {}
    for indicator, (kind, denominator, _) in RATES.items():
        if kind != "nested":
            table[indicator] = (numerators(indicator, code, size), size[denominator])
    rng = stream(code, "nested")
    full_online = table["gov_full_online_filing_rate"][0]
    filed, handled = [], []
    for index in range(len(QUARTERS)):
        partial = size["online_services"][index] - size["full"][index]
        share = 180 + 62 * index + 2 * PLACES[code]["ready"] + rng.randint(-30, 30)
        partial_online = divide(partial * min(max(share, 40), 940), 1000)
        filed.append(full_online[index] + partial_online)
        handled.append(size["online_services"][index])
    table["gov_online_filing_rate"] = (filed, size["dossiers"])
    table["gov_online_service_handled_rate"] = (handled, size["dossiers"])
    return table


def counts_of(code, size, table):
    """Values of every count and amount of one commune."""
    commune, rng = COMMUNES[code], stream(code, "counts")
    paid = table["gov_online_payment_rate"][0]
    teams_start = divide(commune["villages"] * (750 + commune["ready"] * 2), 1000)
    points_start, points_step = 1 + commune["people"] // 900, 1 + commune["people"] // 4000
    products = rng.randint(1, 4) + (commune["ready"] > 0)
    points, shop = [], []
    for index in range(len(QUARTERS)):
        points.append(points_start + points_step * index * 3 // 4)
        products += rng.randint(0, 1) + (index > 3 and commune["ready"] > 15 and rng.randint(0, 1))
        shop.append(products)
    return {
        "gov_dossiers_received": size["dossiers"],
        "gov_docs_processed": size["incoming"],
        "inf_public_points": points,
        # One team for each village once the pilot has begun.
        "hr_community_team": [
            min(teams_start + index // 2, commune["villages"]) if index < BEGUN else commune["villages"]
            for index in range(len(QUARTERS))
        ],
        "hr_it_officers": [
            (1 if commune["ready"] > -40 or index >= BEGUN else 0) + (commune["ready"] > 50 and index > BEGUN)
            for index in range(len(QUARTERS))
        ],
        "eco_ocop_online": shop,
        "gov_online_payment_amount": [number * rng.randint(7, 11) * 1000 for number in paid],
        "gov_visit_minutes": [
            max(26 - commune["ready"] // 20 - 2 * index + rng.randint(-1, 1), 6)
            for index in range(len(QUARTERS))
        ],
    }


def is_gap(indicator, code, quarter):
    """Whether a row was never sent."""
    if (indicator, code, quarter) in PUBLISHED or indicator in ALWAYS_SENT:
        return False
    if (code, quarter) == REVISED and indicator in REVISED_INDICATORS:
        return False
    if any(indicator == name and code == area and quarter in quarters for name, area, quarters in GAPS):
        return True
    if indicator in HEADLINES and quarter in ANCHOR_QUARTERS:
        return False
    return stream(code, indicator, quarter, "gap").randint(0, 999) < RANDOM_GAPS


def first_version(indicator, number):
    """What Côn Minh sent first for 2024-Q2: the online cases of June were left out."""
    kept = divide(number * 640, 1000)
    return kept // 1000 * 1000 if indicator == "gov_online_payment_amount" else kept


def cells_of(code, quarter, spelling, only=None, mistaken=False):
    """Rows of one commune and quarter: (indicator, numerator, denominator, value, note), text."""
    size = sizes(code)
    table = rates_of(code, size)
    counts = {} if code in OUTSIDE else counts_of(code, size, table)
    index = QUARTERS.index(quarter)
    rows = []
    for indicator in KEPT if code in OUTSIDE else (*RATES, *COUNTS, *AMOUNTS):
        if (only and indicator not in only) or is_gap(indicator, code, quarter):
            continue
        wrong = mistaken and indicator in REVISED_INDICATORS
        if quarter in EMPTY.get((indicator, code), ()):
            rows.append((indicator, "", "", spelling, ""))
        elif indicator in table:
            number, total = table[indicator][0][index], table[indicator][1][index]
            number = first_version(indicator, number) if wrong else number
            note = "tính theo số thuê bao" if indicator == "inf_hh_internet_rate" and number > total else ""
            rows.append((indicator, str(number), str(total), "", note))
        else:
            number = counts[indicator][index]
            number = first_version(indicator, number) if wrong else number
            rows.append((indicator, "", "", str(number), ""))
    return rows


def as_csv(header, rows):
    """CSV text: UTF-8 with BOM when written, comma, LF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def lay_out(quarter, communes, key, header=HEADER, **choices):
    """One file of one quarter; `key` decides how communes and periods are written."""
    by_name, in_words = key in NAME_FILES, key in WORD_FILES
    period = f"Quý {ROMAN[quarter[-1]]}/{quarter[:4]}" if in_words else quarter
    note = choices.pop("note", "")
    rows = []
    for code in communes:
        label = PLACES[code]["name"] if by_name else code
        for indicator, number, total, value, remark in cells_of(
            code, quarter, NO_CASES[not by_name], **choices
        ):
            rows.append((label, indicator, period, number, total, value, remark or note, SOURCE))
    return as_csv(header, rows)


def make_files():
    """All files: name -> (text, with BOM)."""
    files, everyone = {}, list(COMMUNES)
    for quarter in QUARTERS:
        rows = [code for code in everyone if (code, quarter) not in (LATE, ABSENT)]
        if quarter != REVISED[1]:
            files[f"{quarter}.csv"] = lay_out(quarter, rows, quarter)
            continue
        parts = [lay_out(quarter, [code], quarter, mistaken=code == REVISED[0]) for code in rows]
        files[f"{quarter}.csv"] = parts[0] + "".join(part.split("\n", 1)[1] for part in parts[1:])
    files["2024-Q2-con-minh-dinh-chinh.csv"] = lay_out(
        REVISED[1],
        [REVISED[0]],
        "2024-Q2",
        HEADER_VI,
        only=REVISED_INDICATORS,
        note="đính chính: bản đầu thiếu hồ sơ trực tuyến tháng 6",
    )
    files["2024-Q3-nghia-ta.csv"] = lay_out(LATE[1], [LATE[0]], "2024-Q3", HEADER_VI)
    parts = [lay_out(quarter, list(OUTSIDE), "doi-chung", HEADER_VI) for quarter in QUARTERS]
    files["doi-chung.csv"] = parts[0] + "".join(part.split("\n", 1)[1] for part in parts[1:])
    return files


# Order in which the files arrived (dates invented), who sent them, and a note in both languages.
OFFICE = "Sở Thông tin và Truyền thông (minh họa)"
USUAL = ("Số liệu minh họa, tám xã, phường.", "Illustrative figures, eight communes.")
ARRIVALS = (
    ("2022-Q4", "2023-01-13", OFFICE, "Số liệu minh họa trước thí điểm.", "Illustrative, before the pilot."),
    ("2023-Q1", "2023-04-14", OFFICE, *USUAL),
    ("2023-Q2", "2023-07-14", OFFICE, *USUAL),
    ("2023-Q3", "2023-10-13", OFFICE, *USUAL),
    ("2023-Q4", "2024-01-15", OFFICE, *USUAL),
    ("2024-Q1", "2024-04-15", OFFICE, *USUAL),
    (
        "2024-Q2",
        "2024-07-15",
        OFFICE,
        "Số liệu minh họa; Côn Minh thiếu tháng 6.",
        "Illustrative; Côn Minh lacks June.",
    ),
    (
        "2024-Q2-con-minh-dinh-chinh",
        "2024-08-20",
        "UBND xã Côn Minh (minh họa)",
        "Đính chính năm số liệu quý II/2024.",
        "Corrects five figures of the second quarter of 2024.",
    ),
    (
        "2024-Q3",
        "2024-10-15",
        OFFICE,
        "Số liệu minh họa, bảy xã, phường; Nghĩa Tá chưa gửi.",
        "Illustrative, seven communes; Nghĩa Tá is late.",
    ),
    (
        "2024-Q3-nghia-ta",
        "2024-11-22",
        "UBND xã Nghĩa Tá (minh họa)",
        "Số liệu minh họa quý III/2024 của Nghĩa Tá, gửi muộn.",
        "Nghĩa Tá's third quarter of 2024, sent late.",
    ),
    (
        "2024-Q4",
        "2025-01-15",
        OFFICE,
        "Số liệu minh họa, bảy xã, phường; chưa có Nghĩa Tá.",
        "Illustrative, seven communes; Nghĩa Tá missing.",
    ),
    (
        "doi-chung",
        "2025-01-20",
        OFFICE,
        "Số liệu minh họa của tám xã, phường ngoài thí điểm, chín quý gửi một lần.",
        "Illustrative, eight communes outside the pilot, nine quarters at once.",
    ),
)


def make_manifest():
    """Text of manifest.csv."""
    rows = [(f"{name}.csv", *rest) for name, *rest in ARRIVALS]
    return as_csv(("file", "received", "by", "note_vi", "note_en"), rows)


def main():
    """Write the files, or with --check compare them with what is there."""
    wanted = {name: text.encode("utf-8-sig") for name, text in make_files().items()}
    wanted["manifest.csv"] = make_manifest().encode("utf-8")
    different = [
        name
        for name, content in wanted.items()
        if not (HERE / name).exists() or (HERE / name).read_bytes() != content
    ]
    if "--check" in sys.argv[1:]:
        print("unchanged" if not different else f"DIFFERENT: {', '.join(different)}")
        return 1 if different else 0
    for name, content in wanted.items():
        (HERE / name).write_bytes(content)
    rows = sum(text.count("\n") - 1 for text in make_files().values())
    print(f"{len(wanted) - 1} files, {rows} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
