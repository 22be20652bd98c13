"""Small tables beside the figures: which periods and which ways of counting each area has.

Every page asks for them before anything else, and counting them anew means looking at every figure of a country.
"""

import numpy as np
import pandas as pd

from etl import distinct
from etl.sheet import KEY

PUBLISHED = "published"


def tallies(figures: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """``coverage`` and ``way`` as in ``schema.sql``, of the standing figures in the order that ``revise.supersede`` gives.

    A figure that stands in print and was also sent in is one figure: it counts once, in the row that says both.
    """
    observed = np.flatnonzero(distinct.among(figures["role"], ("observed",)))
    provenance, names = distinct.parts(figures["provenance"])
    printed = distinct.among(figures["provenance"], (PUBLISHED,))[observed]
    own = provenance[observed]
    keys = {name: distinct.parts(figures[name]) for name in KEY[:4]}
    codes = {name: of_row[observed] for name, (of_row, _) in keys.items()}
    twice = np.zeros(len(observed), dtype=bool)  # a printed figure stands behind the other one of its key
    if printed.any() and len(observed) > 1:
        same = np.logical_and.reduce([of_row[1:] == of_row[:-1] for of_row in codes.values()])
        twice[1:] = same
    also = np.r_[twice[1:], False] if len(twice) else twice
    kept = ~twice
    facts = {
        "printed": (printed | also)[kept].astype(np.int64),
        "other": np.where(printed, -1, own)[kept].astype(np.int64) + 1,
    }
    others = ["", *names]

    def counted(by: list[str], what: str) -> pd.DataFrame:
        number = np.zeros(int(kept.sum()), dtype=np.int64)
        sizes = []
        for values, size in (
            *((codes[name][kept], len(keys[name][1])) for name in by),
            (facts["printed"], 2),
            (facts["other"], len(others)),
        ):
            number = number * max(size, 1) + values
            sizes.append(max(size, 1))
        found, counts = np.unique(number, return_counts=True)
        columns = {}
        for name, size in zip(reversed([*by, "printed", "other"]), reversed(sizes), strict=True):
            found, place = np.divmod(found, size)
            columns[name] = place
        texts = {name: keys[name][1][columns[name]] for name in by}
        return pd.DataFrame(
            {
                **texts,
                "printed": columns["printed"].astype(bool),
                "other": np.array(others, dtype=object)[columns["other"]],
                what: counts,
            }
        )

    return {
        "coverage": counted(["area_id", "period"], "figures"),
        "way": counted(["area_id", "indicator_id", "definition"], "periods"),
    }
