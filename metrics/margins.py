"""How safely a criterion or a tier holds: against chance in the counts, and against what is not known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from metrics.arrays import Numbers, unpack
from metrics.exact import Exact, as_fraction, compare_printed, excess
from metrics.rates import wilson_interval
from metrics.schemes import Scheme
from metrics.tiers import assess

COMPARISONS = ("ge", "gt", "le")


def holds(
    numerator: Numbers,
    denominator: Numbers,
    threshold: Exact,
    operator: str = "ge",
    confidence: float = 0.95,
) -> str | pd.Series:
    """Say whether a criterion's answer, met or not met, would stand at both ends of the interval.

    Parameters
    ----------
    numerator, denominator : float or Series
        x cases of n, one index.
    threshold : str, Decimal, Fraction, int or float
        A fraction (80 % is 0.8), as the decimal it prints as, not negative.
    operator : {"ge", "gt", "le"}
        As in a criterion; for "full marks from" it is "ge".
    confidence : float
        Between 0 and 1.

    Returns
    -------
    str or Series of str
        "secure": the rate and both ends of its Wilson interval give one answer; "borderline": they do not;
        "missing": a count is missing or the denominator is 0. Whether the answer is "met" is
        :func:`metrics.tiers.criterion_state`.

    Raises
    ------
    ValueError
        As :func:`metrics.rates.wilson_interval`; if the operator is another or the threshold negative.

    References
    ----------
    Exact comparison at the rate (b·x against a·n for the threshold a/b), the ends as printed by the machine;
    Wilson, J Am Stat Assoc 1927;22:209-212.

    Examples
    --------
    >>> holds(95, 100, "0.8"), holds(81, 100, "0.8"), holds(10, 100, "0.8"), holds(None, 100, "0.8")
    ('secure', 'borderline', 'secure', 'missing')
    """
    if operator not in COMPARISONS:
        raise ValueError(f"operator must be one of {COMPARISONS}: {operator!r}")
    share = as_fraction(threshold)
    if share < 0:
        raise ValueError(f"threshold is negative: {threshold}")
    (x, n), index = unpack(numerator, denominator)
    ends = wilson_interval(pd.Series(x), pd.Series(n), confidence)
    counted = ~np.isnan(ends.lower.to_numpy())
    sides = [np.sign(excess(x[counted], n[counted], share)).astype(int)]
    sides += [compare_printed(end.to_numpy()[counted], share) for end in ends]
    point, low, high = ({"ge": side >= 0, "gt": side > 0, "le": side <= 0}[operator] for side in sides)
    words = np.full(len(x), "missing", dtype=object)
    words[counted] = np.where((low == point) & (high == point), "secure", "borderline")
    return str(words[0]) if index is None else pd.Series(words, index=index, dtype="str")


def best_and_worst(states: pd.DataFrame, scheme: Scheme, areas: Sequence[str] | None = None) -> pd.DataFrame:
    """Say whether the tier would be reached if every unknown criterion were met, and if none were.

    Parameters
    ----------
    states : DataFrame
        As :func:`metrics.tiers.assess`.
    scheme : Scheme
        As there. Criteria whose text is not published count as unknown, and as of the group that is kindest
        (best) or hardest (worst) for the area.
    areas : sequence of str, optional
        As there.

    Returns
    -------
    DataFrame
        Index area_id: ``worst``, ``best``, each "reached" or "not_reached"; "undecidable" where the scheme
        itself does not tell (rules "counts_only" and "unknown", or no criterion at all).

    Raises
    ------
    ValueError
        As :func:`metrics.tiers.assess`.

    References
    ----------
    :func:`metrics.tiers.assess` calls a tier undecidable exactly when the two differ.

    Examples
    --------
    >>> from metrics.schemes import Criterion
    >>> rules = Scheme("base", "all", [Criterion("1", "ge", 80), Criterion("2", "ge", 50)])
    >>> states = pd.DataFrame({"area_id": ["a", "a"], "criterion": ["1", "2"], "state": ["met", "unknown"]})
    >>> best_and_worst(states, rules).loc["a"].to_dict()
    {'worst': 'not_reached', 'best': 'reached'}
    """
    state = assess(states, scheme, areas)["tier_state"]
    if scheme.rule in ("counts_only", "unknown") or scheme.total == 0:
        return pd.DataFrame({"worst": state, "best": state})
    decided = {"undecidable": "not_reached"}, {"undecidable": "reached"}
    worst, best = (state.replace(words) for words in decided)
    return pd.DataFrame({"worst": worst, "best": best})
