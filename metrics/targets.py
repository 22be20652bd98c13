"""How far it is to a target: in cases that a commune can count, as a share of the way, and in quarters.

Steps are numbers of periods (quarters); which quarter that is, the caller knows.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.arrays import Numbers, pack, quotient, refuse_negative, unpack
from metrics.change import newcombe_interval
from metrics.exact import Exact, as_fraction, cases_to_move, clear_noise, excess

LEAST_STEPS = 4  # quarters between two figures before a pace may be drawn out


class Progress(NamedTuple):
    """Share of the way to a target and the state in one word; scalars, or Series with one index."""

    share: Numbers
    state: str | pd.Series


class Pace(NamedTuple):
    """Change for each step so far, the change for each step that is needed, and their ratio."""

    so_far: Numbers
    required: Numbers
    ratio: Numbers


class Arrival(NamedTuple):
    """State in one word, and whole steps from the later figure: expected, earliest, latest."""

    state: str | pd.Series
    expected: Numbers
    earliest: Numbers
    latest: Numbers


def cases_short(numerator: Numbers, denominator: Numbers, threshold: Exact) -> Numbers:
    """Count the further cases that would lift a rate to a threshold, the denominator as it is.

    Parameters
    ----------
    numerator, denominator : float or Series
        x cases of n, one index. Missing where either is missing, and where n = 0: no cases, no distance.
    threshold : str, Decimal, Fraction, int or float
        A fraction (80 % is 0.8), not negative; a float means the decimal it prints as, so 0.07 of 100 asks
        for 7 cases, not 8.

    Returns
    -------
    float or Series of Int64
        Whole cases, 0 where the threshold is reached; NaN or <NA> where missing.

    Raises
    ------
    ValueError
        If a count or the threshold is negative, or the threshold is no finite number.

    References
    ----------
    max(0, ⌈threshold · n⌉ − x), in integers and fractions.

    Examples
    --------
    >>> cases_short(7, 100, 0.07), cases_short(61, 100, "0.8")
    (0.0, 19.0)
    """
    (x, n), index = unpack(numerator, denominator)
    refuse_negative(numerator=x, denominator=n)
    share = as_fraction(threshold)
    if share < 0:
        raise ValueError(f"threshold is negative: {threshold}")
    counted = ~np.isnan(x) & (n > 0)
    cases = pd.array(np.zeros(len(x), dtype="int64"), dtype="Int64")
    cases[~counted] = pd.NA
    cases[counted] = cases_to_move(excess(x[counted], n[counted], share), share, "ge")
    if index is None:
        return float(cases[0]) if counted[0] else np.nan
    return pd.Series(cases, index=index)


def progress(value: Numbers, base: Numbers, target: Numbers, higher_is_better: bool = True) -> Progress:
    """Say which share of the way from a base to a target is done.

    Parameters
    ----------
    value, base, target : float or Series
        One unit, one index.
    higher_is_better : bool
        False when the target is a ceiling.

    Returns
    -------
    Progress
        share: a fraction, negative after a move away, above 1 beyond the target; missing where a number is
        missing and where the base met the target already: there was no way to go. state:

        - "met": the value is at the target or beyond it, wherever it started;
        - "lost": the base met the target, the value does not;
        - "nearer", "still", "farther": nearer to the target than the base, as far, or farther;
        - "unknown": value or target missing, or the base missing and the target not met.

        Equal to 12 significant digits is equal.

    Raises
    ------
    ValueError
        If a number is infinite.

    References
    ----------
    (value − base)/(target − base).

    Examples
    --------
    >>> progress(0.65, 0.5, 0.8)
    Progress(share=0.5, state='nearer')
    """
    (v, v0, goal), index = unpack(value, base, target)
    sign = 1 if higher_is_better else -1
    v, v0, goal = (clear_noise(sign * array) for array in (v, v0, goal))
    share = quotient(v - v0, np.where(v0 < goal, goal - v0, np.nan))
    tests = [v >= goal, np.isnan(v + v0 + goal), v0 >= goal, v > v0, v < v0]
    words = np.select(tests, ["met", "unknown", "lost", "nearer", "farther"], "still")
    return Progress(pack(share, index), _words(words, index))


def pace(
    value: Numbers,
    base: Numbers,
    target: Numbers,
    steps: Numbers,
    steps_left: Numbers,
    higher_is_better: bool = True,
) -> Pace:
    """Hold the pace so far against the pace that the target needs.

    Parameters
    ----------
    value, base, target : float or Series
        One unit, one index.
    steps : float or Series
        Steps from base to value, above 0.
    steps_left : float or Series
        Steps from value to the day of the target; at 0 or below nothing can be required any more.
    higher_is_better : bool
        False when the target is a ceiling: paces are then negative when good.

    Returns
    -------
    Pace
        so_far, required: unit of the values for each step, signed; required is 0 where the target is met
        and missing where no step is left. ratio: so_far/required, 1 is just enough, negative when moving
        away; missing where nothing is required.

    Raises
    ------
    ValueError
        If steps is not above 0 or a number is infinite.

    References
    ----------
    (v₁ − v₀)/(t₁ − t₀) and (T − v₁)/(t_T − t₁), linear in points. The ratio of growth rates (Statistics
    Canada, after Eurostat) fails at 0 and is lenient near 100 %.

    Examples
    --------
    >>> [round(number, 9) for number in pace(60, 50, 80, steps=4, steps_left=4)]
    [2.5, 5.0, 0.5]
    """
    (v, v0, goal, done, left), index = unpack(value, base, target, steps, steps_left)
    _refuse_no_steps(done)
    so_far = (v - v0) / done
    met = v >= goal if higher_is_better else v <= goal
    required = np.where(met, 0.0, quotient(goal - v, np.where(left > 0, left, np.nan)))
    return Pace(pack(so_far, index), pack(required, index), pack(quotient(so_far, required), index))


def arrival(
    numerator_after: Numbers,
    denominator_after: Numbers,
    numerator_before: Numbers,
    denominator_before: Numbers,
    target: Exact,
    steps: Numbers,
    higher_is_better: bool = True,
    confidence: float = 0.95,
    least_steps: int = LEAST_STEPS,
) -> Arrival:
    """Say in how many quarters a rate meets its target at the pace so far: as a range, or not at all.

    No forecast: it draws out a straight line, and only the pace is taken as uncertain, not the rate it
    starts from.

    Parameters
    ----------
    numerator_after, denominator_after, numerator_before, denominator_before : float or Series
        Counts, one index.
    target : str, Decimal, Fraction, int or float
        A fraction (80 % is 0.8), as the decimal it prints as, within 0..1.
    steps : float or Series
        Quarters between the two figures, above 0. Compare the same quarter of two years.
    higher_is_better : bool
        False when the target is a ceiling.
    confidence : float
        Of the interval of the change.
    least_steps : int
        Fewest steps from which a pace is drawn out.

    Returns
    -------
    Arrival
        Whole steps, rounded up, counted from the later figure. state:

        - "unknown": a count is missing or a denominator is 0 (only the later one is needed for "reached");
        - "reached": the target is met, exactly compared; all three are 0;
        - "too_early": fewer steps than ``least_steps``; no dates;
        - "never": at the pace so far never; no dates, or only the earliest one if the interval of the
          change still leaves a pace in the right direction;
        - "open": the pace is right, but its interval includes 0: expected and earliest, latest missing;
        - "dated": all three dates.

    Raises
    ------
    ValueError
        As :func:`metrics.change.newcombe_interval`; if the target is not within 0..1, or steps not above 0.

    References
    ----------
    (T − p₁)/pace with pace = (p₁ − p₀)/steps, and with both ends of the interval of Newcombe (Stat Med
    1998;17:873-890, method 10) over steps.

    Examples
    --------
    >>> arrival(600, 1000, 500, 1000, "0.8", steps=4)
    Arrival(state='dated', expected=8.0, earliest=6.0, latest=15.0)
    """
    share = as_fraction(target)
    if not 0 <= share <= 1:
        raise ValueError(f"target must lie within 0..1: {target}")
    counts = (numerator_after, denominator_after, numerator_before, denominator_before)
    (x1, n1, x0, n0, done), index = unpack(*counts, steps)
    _refuse_no_steps(done)
    ends = newcombe_interval(*map(pd.Series, (x1, n1, x0, n0)), confidence)
    sign = 1 if higher_is_better else -1
    p1, p0 = quotient(x1, n1), quotient(x0, n0)
    change, low, high = sign * (p1 - p0), *_turned(sign, *ends)
    counted = ~np.isnan(p1)
    met = np.zeros(len(p1), dtype=bool)
    met[counted] = sign * np.sign(excess(x1[counted], n1[counted], share)).astype(int) >= 0
    tests = [met, np.isnan(change + done), done < least_steps, clear_noise(change) <= 0, low <= 0]
    words = np.select(tests, ["reached", "unknown", "too_early", "never", "open"], "dated")
    dates = []
    distance = sign * (float(share) - p1)
    for moved in (change, high, low):
        whole = np.ceil(
            clear_noise(quotient(distance * done, np.where(clear_noise(moved) > 0, moved, np.nan)))
        )
        whole[(words == "unknown") | (words == "too_early")] = np.nan
        dates.append(pack(np.where(met, 0.0, whole), index))
    return Arrival(_words(words, index), *dates)


def _turned(sign: int, lower: pd.Series, upper: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    # Low is good: the interval changes sign, and its ends change places.
    ends = (sign * lower.to_numpy(), sign * upper.to_numpy())
    return ends if sign > 0 else ends[::-1]


def _refuse_no_steps(steps: np.ndarray) -> None:
    if (steps <= 0).any():
        raise ValueError(f"steps must be above 0: {steps[steps <= 0][0]}")


def _words(words: np.ndarray, index: pd.Index | None) -> str | pd.Series:
    return str(words[0]) if index is None else pd.Series(words, index=index, dtype="str")
