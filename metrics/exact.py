"""Exact comparison of counts and printed decimals with a threshold, and the clearing of float noise.

A tier must not turn on the fifteenth digit: ``0.07 * 100`` is 7.000000000000001 in binary, and 7/9 shown as
77.78 % is still below 77.78 %. Integers and fractions decide here; the usual sizes run as int64 arrays.
"""

from decimal import Decimal
from fractions import Fraction

import numpy as np

Exact = str | int | float | Decimal | Fraction
"""A number as people write it; a float means the decimal it prints as, so 0.07 is 7/100."""

SIGNIFICANT_DIGITS = 12  # a double carries 15 to 17; sums of some fifty terms lose two or three of them
TENS = np.array([float(10**power) for power in range(23)])  # those a double holds exactly
HALF = 1e-3  # the error of a product of twelve digits is a tenth of it
INT64_ROOM = 2**62  # products below this cannot overflow, nor can the difference of two of them


def as_fraction(number: Exact) -> Fraction:
    """Read a number exactly as its decimal text says.

    Parameters
    ----------
    number : str, int, float, Decimal or Fraction
        Text with a decimal point; a float counts as its shortest decimal text.

    Returns
    -------
    Fraction

    Raises
    ------
    ValueError
        If it is not a finite number.

    Examples
    --------
    >>> as_fraction(0.07), as_fraction("77.78")
    (Fraction(7, 100), Fraction(3889, 50))
    """
    if isinstance(number, Fraction):
        return number
    return Fraction(repr(float(number)) if isinstance(number, float) else str(number).strip())


def excess(numerator: np.ndarray, denominator: np.ndarray, share: Fraction) -> np.ndarray:
    """Say by how much counts pass a share, exactly: ``b·x − a·n`` for the share ``a/b``.

    Parameters
    ----------
    numerator, denominator : float arrays
        x and n, finite, nothing missing. Whole numbers run as int64; others, and very large ones, as
        fractions of their decimal text.
    share : Fraction
        a/b, not negative.

    Returns
    -------
    array of int64, or of exact Python numbers
        Positive above the share, 0 at it, negative below.

    Examples
    --------
    >>> excess(np.array([7.0, 8.0]), np.array([100.0, 100.0]), Fraction(7, 100))
    array([  0, 100])
    """
    a, b = share.numerator, share.denominator
    whole = all((counts == np.floor(counts)).all() for counts in (numerator, denominator))
    most_x, most_n = (int(np.abs(counts).max(initial=1)) for counts in (numerator, denominator))
    if whole and max(most_x * b, most_n * a) < INT64_ROOM:
        return numerator.astype("int64") * b - denominator.astype("int64") * a
    pairs = zip(numerator.tolist(), denominator.tolist(), strict=True)
    return np.array([b * as_fraction(x) - a * as_fraction(n) for x, n in pairs], dtype=object)


def cases_to_move(over: np.ndarray, share: Fraction, operator: str) -> np.ndarray:
    """Count the cases that must be added (``ge``, ``gt``) or taken away (``le``) to satisfy a criterion.

    Parameters
    ----------
    over : array
        As :func:`excess` returns it for the same ``share``.
    share : Fraction
    operator : {"ge", "gt", "le"}

    Returns
    -------
    array of int64
        Whole cases, never negative. The denominator stays as it is.

    Examples
    --------
    >>> cases_to_move(excess(np.array([5.0]), np.array([9.0]), Fraction(7, 9)), Fraction(7, 9), "ge")
    array([2])
    """
    b = share.denominator
    if operator == "gt":
        cases = (-over) // b + 1
    elif operator == "le":
        cases = -((-over) // b)  # rounded up, like the line below
    else:
        cases = -(over // b)
    return np.maximum(cases, 0).astype("int64")


def compare_printed(values: np.ndarray, threshold: Fraction) -> np.ndarray:
    """Compare printed decimals with a threshold, exactly.

    Each float stands for its shortest decimal text. When the threshold is such a text too, comparing the
    floats gives the same answer, because reading decimals keeps their order; otherwise fractions decide.

    Parameters
    ----------
    values : float array
        Finite, nothing missing, in the unit of ``threshold``.
    threshold : Fraction

    Returns
    -------
    array of int
        1 above, 0 equal, −1 below.

    Examples
    --------
    >>> compare_printed(np.array([77.77, 77.78, 77.79]), as_fraction("77.78"))
    array([-1,  0,  1])
    """
    nearest = float(threshold)
    if as_fraction(nearest) == threshold:
        return (values > nearest).astype(int) - (values < nearest).astype(int)
    decimals = [as_fraction(value) for value in values.tolist()]
    return np.array([(value > threshold) - (value < threshold) for value in decimals], dtype=int)


def clear_noise(values: np.ndarray) -> np.ndarray:
    """Round away binary noise at 12 significant digits, far below anything that is displayed.

    Parameters
    ----------
    values : float array
        Any shape. NaN stays NaN; so does infinity.

    Returns
    -------
    float array

    Examples
    --------
    >>> clear_noise(np.array([0.1 + 0.2, 0.3])).tolist()
    [0.3, 0.3]
    """
    values = np.asarray(values, dtype="float64")
    cleared, size = values.copy(), np.abs(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(size))
    plain = np.abs(power) < len(TENS)  # NaN, infinity and 0 are not: they stay as they are
    tens = TENS[np.abs(power[plain]).astype(int)]
    down = power[plain] < 0
    digits = np.where(down, size[plain] / tens, size[plain] * tens)
    whole = np.rint(digits)
    # A whole number below 10**12 over an exact power of ten is the double next to that decimal.
    cleared[plain] = np.copysign(np.where(down, whole * tens, whole / tens), values[plain])
    # Next to a half the product may be off by more than what decides; and sizes beyond the powers: the text does.
    open_still = np.isfinite(size) & (size > 0) & ~plain
    open_still[plain] = np.abs(np.abs(digits - whole) - 0.5) < HALF
    cleared[open_still] = [
        float(f"{value:.{SIGNIFICANT_DIGITS - 1}e}") for value in values[open_still].tolist()
    ]
    return cleared
