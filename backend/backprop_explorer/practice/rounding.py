"""How exactly numbers are told: as float32 or bfloat16, or printed with a few decimals or digits, and what room that
leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from backprop_explorer.ops.record import Array
from backprop_explorer.practice.compare import largest

MOST_DECIMALS, MOST_DIGITS, FEWEST_DIGITS = 10, 9, 3
"""Numbers that need more decimals or digits were not shortened; one that has fewer digits says nothing."""

TYPES = (("bfloat16", 8), ("float16", 11), ("float32", 24))
"""The bits that a number has in each type, its first one too."""

FIRST = 64
"""If so many numbers are not printed with few digits, the others need not be looked at."""

UNUSED = 2
"""So many of a type's last bits may be zero by accident in all numbers."""

UNUSUAL = 5
"""Numbers of a short type are decimal fractions, too: of so many decimals or more, as nobody prints them."""

GREATEST = 1e100
"""Of greater numbers nothing is said."""

MANY = 8
"""So many numbers that all have few decimals were printed so, however few digits each has; or have a short type, if
that is true of all."""

CALCULATED = {"bfloat16": 4, "float16": 4, "float32": 128}
"""By how many roundings, of the array's largest number, a result may be off that was calculated in a type."""

BETWEEN = 1.02
"""A printed number may have been rounded twice."""


@dataclass(frozen=True)
class Precision:
    """How exactly numbers are told, in words; by bits, decimals and digits, as far as each is known."""

    words: str
    bits: int | None = None
    calculated: float = 0.0
    decimals: int | None = None
    digits: int | None = None

    def room(self, array: Array) -> Array:
        """How far each number may be from the one that was meant."""
        size = np.abs(np.where(np.isfinite(array), array, 0.0))
        room = np.zeros_like(size)
        if self.bits is not None:
            unit = 2.0**-self.bits
            room = np.maximum(unit * size, self.calculated * unit * largest(array))
        if self.decimals is not None:
            room = np.maximum(room, BETWEEN * 0.5 * 10.0**-self.decimals)
        if self.digits is not None:
            room = np.maximum(room, BETWEEN * 0.5 * 10.0 ** (_exponent(size) - self.digits + 1) * (size > 0))
        return room


def precision(arrays: Iterable[Array]) -> Precision | None:
    """How exactly these numbers are told, all in the same way; None for such as have all their digits, or too few of
    them to tell."""
    parts = [np.ravel(array[np.isfinite(array) & (array != 0)]) for array in arrays]
    numbers = np.abs(np.concatenate(parts)) if parts else np.zeros(0)
    if not numbers.size or numbers.max() > GREATEST:
        return None
    printed = _printed(numbers[:FIRST])
    if numbers.size > FIRST and printed is not None:
        printed = _printed(numbers)
    usual = printed is not None and (printed.decimals or printed.digits or 0) < UNUSUAL
    if usual and numbers.size < MANY:
        return printed
    typed = _typed(numbers)
    return printed if typed is None or printed is not None and typed.words == "float32" else typed


def _typed(numbers: Array) -> Precision | None:
    mantissa = np.ldexp(np.frexp(numbers)[0], 53).astype(np.int64)
    used = 54 - int(np.min(mantissa & -mantissa)).bit_length()
    for name, bits in TYPES:
        low, high = (5e-8, 65504.0) if name == "float16" else (1e-37, 3e38)
        if used <= bits and numbers.min() > low and numbers.max() < high:
            enough = used >= bits - UNUSED or name == "float32" and used > TYPES[1][1]
            return Precision(name, bits, CALCULATED[name]) if enough else None
    return None


def _printed(numbers: Array) -> Precision | None:
    first = _exponent(numbers)
    digits = next((n for n in range(1, MOST_DIGITS + 1) if _whole(numbers * 10.0 ** (n - 1 - first))), None)
    decimals = next((n for n in range(MOST_DECIMALS + 1) if _whole(numbers * 10.0**n)), None)
    longest = digits or (MOST_DIGITS if decimals is not None else 0)
    many = decimals is not None and decimals >= FEWEST_DIGITS and numbers.size >= MANY
    if longest < FEWEST_DIGITS and not many:
        return None
    if decimals is not None and (many or numbers.max() * 10.0**decimals >= 10.0 ** (FEWEST_DIGITS - 1)):
        unit = 0.5 * 10.0**-decimals * numbers.size
        finer = digits is None or unit >= float(np.sum(0.5 * 10.0 ** (_exponent(numbers) - digits + 1)))
        words = f"{decimals} decimals" if finer else f"{digits} digits"
        return Precision(words, decimals=decimals, digits=digits)
    return Precision(f"{digits} digits", digits=digits) if digits is not None else None


def _exponent(numbers: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.where(numbers > 0, np.floor(np.log10(np.where(numbers > 0, numbers, 1.0))), 0.0)


def _whole(numbers: Array) -> bool:
    near = np.abs(numbers - np.rint(numbers)) <= 1e-15 * np.maximum(numbers, 1.0) * 8
    return bool(near.all()) and float(numbers.max()) < 2.0**49
