"""PyTorch's functions of single elements."""

from __future__ import annotations

TABLE = """
torch.abs, torch.absolute, Tensor.abs, Tensor.absolute = lambda input: abs(input)
torch.exp, Tensor.exp = lambda input: exp(input)
torch.log, Tensor.log = lambda input: log(input)
torch.sqrt, Tensor.sqrt = lambda input: sqrt(input)
torch.sin, Tensor.sin = lambda input: sin(input)
torch.cos, Tensor.cos = lambda input: cos(input)
torch.tanh, Tensor.tanh, F.tanh = lambda input: tanh(input)
torch.sigmoid, Tensor.sigmoid, torch.special.expit, F.sigmoid = lambda input: sigmoid(input)
torch.erf, Tensor.erf, torch.special.erf = lambda input: erf(input)
torch.erfc, Tensor.erfc, torch.special.erfc = lambda input: 1 - erf(input)
torch.neg, torch.negative, Tensor.neg, Tensor.negative = lambda input: -input
torch.positive, Tensor.positive = lambda input: input
torch.sign, Tensor.sign, torch.sgn, Tensor.sgn = lambda input: sign(input)
torch.tan, Tensor.tan = lambda input: tan(input)
torch.asin, torch.arcsin, Tensor.asin, Tensor.arcsin = lambda input: arcsin(input)
torch.acos, torch.arccos, Tensor.acos, Tensor.arccos = lambda input: arccos(input)
torch.atan, torch.arctan, Tensor.atan, Tensor.arctan = lambda input: arctan(input)
torch.atan2, torch.arctan2, Tensor.atan2, Tensor.arctan2 = lambda input, other: arctan2(input, other)
torch.sinh, Tensor.sinh = lambda input: sinh(input)
torch.cosh, Tensor.cosh = lambda input: cosh(input)
torch.asinh, torch.arcsinh, Tensor.asinh, Tensor.arcsinh = lambda input: arcsinh(input)
torch.acosh, torch.arccosh, Tensor.acosh, Tensor.arccosh = lambda input: arccosh(input)
torch.atanh, torch.arctanh, Tensor.atanh, Tensor.arctanh = lambda input: arctanh(input)
torch.exp2, Tensor.exp2, torch.special.exp2 = lambda input: exp2(input)
torch.expm1, Tensor.expm1, torch.special.expm1 = lambda input: expm1(input)
torch.log2, Tensor.log2 = lambda input: log2(input)
torch.log10, Tensor.log10 = lambda input: log10(input)
torch.log1p, Tensor.log1p, torch.special.log1p = lambda input: log1p(input)
torch.floor, Tensor.floor = lambda input: floor(input)
torch.ceil, Tensor.ceil = lambda input: ceil(input)
torch.trunc, torch.fix, Tensor.trunc, Tensor.fix = lambda input: trunc(input)
torch.frac, Tensor.frac = lambda input: input - trunc(input)
torch.square, Tensor.square = lambda input: input ** 2
torch.reciprocal, Tensor.reciprocal = lambda input: 1 / input
torch.rsqrt, Tensor.rsqrt = lambda input: 1 / sqrt(input)
torch.deg2rad, Tensor.deg2rad = lambda input: input * (np.pi / 180)
torch.rad2deg, Tensor.rad2deg = lambda input: input * (180 / np.pi)

@names(torch.sinc, Tensor.sinc, torch.special.sinc)
def sinc(input):
    "sin(pi * input) / (pi * input), and 1 at 0."
    angle = np.pi * where(input == 0, 1, input)
    return where(input == 0, 1, sin(angle) / angle)

@names(torch.round, Tensor.round, torch.special.round)
def round(input, *, decimals=0):
    "Rounded to the nearest number with so many decimals; halves go to the even one."
    return rint(input) if decimals == 0 else rint(input * 10 ** decimals) / 10 ** decimals

@names(torch.logit, Tensor.logit, torch.special.logit)
def logit(input, eps=None):
    "The logarithm of the odds, the inverse of sigmoid; with eps of the input within eps and 1 - eps."
    if eps is None:
        return log(input / (1 - input))
    p = where(input < eps, eps, where(input > 1 - eps, 1 - eps, input))
    return log(p / (1 - p))

@names(torch.add, Tensor.add)
def add(input, other, *, alpha=1):
    return input + other if alpha == 1 else input + alpha * other

@names(torch.sub, torch.subtract, Tensor.sub, Tensor.subtract)
def sub(input, other, *, alpha=1):
    return input - other if alpha == 1 else input - alpha * other

@names(torch.rsub)
def rsub(input, other, *, alpha=1):
    return other - input if alpha == 1 else other - alpha * input

torch.mul, torch.multiply, Tensor.mul, Tensor.multiply = lambda input, other: input * other

@names(torch.div, torch.divide, Tensor.div, Tensor.divide)
def div(input, other, *, rounding_mode=None):
    if rounding_mode == "floor":
        return floor_divide(input, other)
    return input / other if rounding_mode is None else trunc(input / other)

torch.true_divide, Tensor.true_divide = lambda input, other: input / other
torch.floor_divide, Tensor.floor_divide = lambda input, other: floor_divide(input, other)
torch.remainder, Tensor.remainder = lambda input, other: remainder(input, other)
torch.fmod, Tensor.fmod = lambda input, other: input - trunc(input / other) * other
torch.pow, Tensor.pow = lambda input, exponent: input ** exponent
torch.float_power, Tensor.float_power = lambda input, exponent: input ** exponent
torch.hypot, Tensor.hypot = lambda input, other: sqrt(input ** 2 + other ** 2)

@names(torch.logaddexp, Tensor.logaddexp)
def logaddexp(input, other):
    "The logarithm of exp(input) + exp(other), without overflow."
    high = detach(maximum(input, other))
    top = where(abs(high) == np.inf, 0, high)
    return log(exp(input - top) + exp(other - top)) + top

@names(torch.logaddexp2, Tensor.logaddexp2)
def logaddexp2(input, other):
    "The base-2 logarithm of 2 ** input + 2 ** other, without overflow."
    high = detach(maximum(input, other))
    top = where(abs(high) == np.inf, 0, high)
    return log2(exp2(input - top) + exp2(other - top)) + top

torch.maximum, Tensor.maximum = lambda input, other: maximum(input, other)
torch.minimum, Tensor.minimum = lambda input, other: minimum(input, other)
torch.fmax, Tensor.fmax = lambda input, other: where(isnan(other), input, where(input >= other, input, other))
torch.fmin, Tensor.fmin = lambda input, other: where(isnan(other), input, where(input <= other, input, other))
torch.copysign, Tensor.copysign = lambda input, other: abs(input) * where(other < 0, -1, where(1 / other < 0, -1, 1))
torch.heaviside, Tensor.heaviside = lambda input, values: where(input == 0, values, where(input > 0, 1, 0))
torch.lerp, Tensor.lerp = lambda input, end, weight: input + weight * (end - input)

@names(torch.xlogy, Tensor.xlogy, torch.special.xlogy)
def xlogy(input, other):
    "input * log(other), and 0 where input is 0, whatever other is but NaN."
    y = where((input == 0) * (other == other), 1, other)
    return input * log(y)

@names(torch.special.xlog1py)
def xlog1py(input, other):
    "input * log(1 + other), and 0 where input is 0, whatever other is but NaN."
    y = where((input == 0) * (other == other), 0, other)
    return input * log1p(y)

@names(torch.special.entr)
def entr(input):
    "-input * log(input): 0 at 0, and minus infinity below."
    p = where(input > 0, input, 1)
    return where(input != input, input, where(input < 0, -np.inf, -input * log(p)))

torch.addcmul, Tensor.addcmul = lambda input, tensor1, tensor2, *, value=1: input + value * tensor1 * tensor2
torch.addcdiv, Tensor.addcdiv = lambda input, tensor1, tensor2, *, value=1: input + value * (tensor1 / tensor2)

@names(torch.clamp, torch.clip, Tensor.clamp, Tensor.clip)
def clamp(input, min=None, max=None):
    "input, or the nearer end of the range where it is outside; the gradient at a number is 0, at a tensor shared."
    low = input if min is None else at_least(input, min)
    return low if max is None else at_most(low, max)

@names(torch.clamp_min, Tensor.clamp_min)
def clamp_min(input, min):
    "input, or min where it is less."
    return at_least(input, min)

@names(torch.clamp_max, Tensor.clamp_max)
def clamp_max(input, max):
    "input, or max where it is greater."
    return at_most(input, max)

@names(torch.nan_to_num, Tensor.nan_to_num)
def nan_to_num(input, nan=None, posinf=None, neginf=None):
    "Finite numbers in the place of NaN and the infinities; the gradient there is 0."
    known = where(isnan(input), 0 if nan is None else nan, input)
    below = where(known == np.inf, 1.7976931348623157e308 if posinf is None else posinf, known)
    return where(below == -np.inf, -1.7976931348623157e308 if neginf is None else neginf, below)

torch.isnan, Tensor.isnan = lambda input: isnan(input)
torch.isinf, Tensor.isinf = lambda input: isinf(input)
torch.isfinite, Tensor.isfinite = lambda input: isfinite(input)
torch.isposinf, Tensor.isposinf = lambda input: input == np.inf
torch.isneginf, Tensor.isneginf = lambda input: input == -np.inf
torch.signbit, Tensor.signbit = lambda input: (input < 0) + (1 / input == -np.inf) > 0
torch.eq, Tensor.eq = lambda input, other: input == other
torch.ne, torch.not_equal, Tensor.ne, Tensor.not_equal = lambda input, other: input != other
torch.gt, torch.greater, Tensor.gt, Tensor.greater = lambda input, other: input > other
torch.ge, torch.greater_equal, Tensor.ge, Tensor.greater_equal = lambda input, other: input >= other
torch.lt, torch.less, Tensor.lt, Tensor.less = lambda input, other: input < other
torch.le, torch.less_equal, Tensor.le, Tensor.less_equal = lambda input, other: input <= other
torch.logical_not, Tensor.logical_not = lambda input: logical_not(input)
torch.logical_and, Tensor.logical_and = lambda input, other: logical_and(input, other)
torch.logical_or, Tensor.logical_or = lambda input, other: logical_or(input, other)
torch.logical_xor, Tensor.logical_xor = lambda input, other: logical_xor(input, other)
"""
