"""NumPy's functions of single elements."""

from __future__ import annotations

TABLE = """
np.abs, np.absolute, np.fabs = lambda x: abs(x)
np.exp = lambda x: exp(x)
np.log = lambda x: log(x)
np.sqrt = lambda x: sqrt(x)
np.sin = lambda x: sin(x)
np.cos = lambda x: cos(x)
np.tan = lambda x: tan(x)
np.tanh = lambda x: tanh(x)
np.arcsin, np.asin = lambda x: arcsin(x)
np.arccos, np.acos = lambda x: arccos(x)
np.arctan, np.atan = lambda x: arctan(x)
np.arctan2, np.atan2 = lambda x1, x2: arctan2(x1, x2)
np.sinh = lambda x: sinh(x)
np.cosh = lambda x: cosh(x)
np.arcsinh, np.asinh = lambda x: arcsinh(x)
np.arccosh, np.acosh = lambda x: arccosh(x)
np.arctanh, np.atanh = lambda x: arctanh(x)
np.exp2 = lambda x: exp2(x)
np.expm1 = lambda x: expm1(x)
np.log2 = lambda x: log2(x)
np.log10 = lambda x: log10(x)
np.log1p = lambda x: log1p(x)
np.floor = lambda x: floor(x)
np.ceil = lambda x: ceil(x)
np.trunc, np.fix = lambda x: trunc(x)
np.rint = lambda x: rint(x)
np.sign = lambda x: sign(x)
np.negative = lambda x: -x
np.positive = lambda x: x
np.square = lambda x: x ** 2
np.cbrt = lambda x: sign(x) * abs(x) ** (1 / 3)
np.reciprocal = lambda x: 1 / x
np.deg2rad, np.radians = lambda x: x * (np.pi / 180)
np.rad2deg, np.degrees = lambda x: x * (180 / np.pi)

@names(np.sinc)
def sinc(x):
    "sin(pi * x) / (pi * x), and 1 at 0."
    angle = np.pi * where(x == 0, 1, x)
    return where(x == 0, 1, sin(angle) / angle)

np.add = lambda x1, x2: x1 + x2
np.subtract = lambda x1, x2: x1 - x2
np.multiply = lambda x1, x2: x1 * x2
np.divide, np.true_divide = lambda x1, x2: x1 / x2
np.floor_divide = lambda x1, x2: floor_divide(x1, x2)
np.remainder, np.mod = lambda x1, x2: remainder(x1, x2)
np.fmod = lambda x1, x2: x1 - trunc(x1 / x2) * x2
np.power, np.float_power, np.pow = lambda x1, x2: x1 ** x2
np.hypot = lambda x1, x2: sqrt(x1 ** 2 + x2 ** 2)
np.maximum = lambda x1, x2: maximum(x1, x2)
np.minimum = lambda x1, x2: minimum(x1, x2)
np.fmax = lambda x1, x2: where(isnan(x2), x1, where(x1 >= x2, x1, x2))
np.fmin = lambda x1, x2: where(isnan(x2), x1, where(x1 <= x2, x1, x2))
np.copysign = lambda x1, x2: abs(x1) * where(x2 < 0, -1, where(1 / x2 < 0, -1, 1))
np.heaviside = lambda x1, x2: where(x1 == 0, x2, where(x1 > 0, 1, 0))

@names(np.logaddexp)
def logaddexp(x1, x2):
    "The logarithm of exp(x1) + exp(x2), without overflow."
    high = detach(maximum(x1, x2))
    top = where(abs(high) == np.inf, 0, high)
    return log(exp(x1 - top) + exp(x2 - top)) + top

@names(np.logaddexp2)
def logaddexp2(x1, x2):
    "The base-2 logarithm of 2 ** x1 + 2 ** x2, without overflow."
    high = detach(maximum(x1, x2))
    top = where(abs(high) == np.inf, 0, high)
    return log2(exp2(x1 - top) + exp2(x2 - top)) + top

@names(np.round, np.around, ndarray.round)
def round(a, decimals=0):
    "Rounded to the nearest number with so many decimals; halves go to the even one."
    return rint(a) if decimals == 0 else rint(a * 10 ** decimals) / 10 ** decimals

@names(np.clip, ndarray.clip)
def clip(a, a_min=None, a_max=None, *, min=None, max=None):
    "a, or the nearer end of the range where it is outside; at an end the gradient still passes."
    first = a_min if min is None else min
    last = a_max if max is None else max
    low = a if first is None else where(a < first, first, a)
    return low if last is None else where(low > last, last, low)

@names(np.nan_to_num)
def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    "Finite numbers in the place of NaN and the infinities; the gradient there is 0."
    known = where(isnan(x), nan, x)
    below = where(known == np.inf, 1.7976931348623157e308 if posinf is None else posinf, known)
    return where(below == -np.inf, -1.7976931348623157e308 if neginf is None else neginf, below)

np.isnan = lambda x: isnan(x)
np.isinf = lambda x: isinf(x)
np.isfinite = lambda x: isfinite(x)
np.isposinf = lambda x: x == np.inf
np.isneginf = lambda x: x == -np.inf
np.signbit = lambda x: (x < 0) + (1 / x == -np.inf) > 0
np.equal = lambda x1, x2: x1 == x2
np.not_equal = lambda x1, x2: x1 != x2
np.greater = lambda x1, x2: x1 > x2
np.greater_equal = lambda x1, x2: x1 >= x2
np.less = lambda x1, x2: x1 < x2
np.less_equal = lambda x1, x2: x1 <= x2
np.logical_not = lambda x: logical_not(x)
np.logical_and = lambda x1, x2: logical_and(x1, x2)
np.logical_or = lambda x1, x2: logical_or(x1, x2)
np.logical_xor = lambda x1, x2: logical_xor(x1, x2)
"""
