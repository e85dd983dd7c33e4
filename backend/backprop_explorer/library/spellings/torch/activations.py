"""PyTorch's activations, and what makes probabilities of scores.

The gradients at kinks are PyTorch's: 0 at 0 for relu and at both ends for hardtanh, relu6 and hardsigmoid.
"""

TABLE = """
F.relu, torch.relu, Tensor.relu = lambda input: relu(input)
F.relu6 = lambda input: where(input <= 0, 0, where(input >= 6, 6, input))
F.leaky_relu = lambda input, negative_slope=0.01: leaky_relu(input, negative_slope)
F.elu = lambda input, alpha=1.0: elu(input, alpha)
F.gelu = lambda input, *, approximate="none": gelu(input, approximate)
F.silu = lambda input: silu(input)
F.mish = lambda input: input * tanh(softplus(input))
F.softsign = lambda input: input / (1 + abs(input))
F.tanhshrink = lambda input: input - tanh(input)
F.logsigmoid = lambda input: -softplus(-input)

@names(F.prelu, torch.prelu, Tensor.prelu)
def prelu(input, weight):
    fits = weight.ndim == 0 or input.ndim == 1 or input.ndim == 2
    slope = weight if fits else reshape(weight, channelwise(input.ndim))
    return where(input > 0, input, slope * input)

@names(F.rrelu, torch.rrelu)
def rrelu(input, lower=1/8, upper=1/3, training=False):
    if training:
        return refuse("The random slopes of rrelu in training are not part of the language",
                      "write leaky_relu(x, slope), or rrelu(x, training=False), which takes the mean slope")
    return leaky_relu(input, (lower + upper) / 2)

@names(F.celu, torch.celu)
def celu(input, alpha=1.0):
    return where(input > 0, input, alpha * (exp(where(input > 0, 0, input) / alpha) - 1))

@names(F.selu, torch.selu)
def selu(input):
    return 1.0507009873554805 * where(input > 0, input, 1.6732632423543772 * (exp(where(input > 0, 0, input)) - 1))

@names(F.softplus)
def softplus(input, beta=1, threshold=20):
    return where(input * beta > threshold, input, softplus(input * beta) / beta)

@names(F.hardtanh)
def hardtanh(input, min_val=-1.0, max_val=1.0):
    return where(input <= min_val, min_val, where(input >= max_val, max_val, input))

@names(F.hardsigmoid)
def hardsigmoid(input):
    return where(input <= -3, 0, where(input >= 3, 1, input / 6 + 0.5))

@names(F.hardswish)
def hardswish(input):
    return where(input <= -3, 0, where(input >= 3, input, input * (input + 3) / 6))

@names(F.hardshrink, torch.hardshrink, Tensor.hardshrink)
def hardshrink(input, lambd=0.5):
    return where((input >= -lambd) * (input <= lambd), 0, input)

@names(F.softshrink)
def softshrink(input, lambd=0.5):
    return where(input > lambd, input - lambd, where(input < -lambd, input + lambd, 0 * input))

@names(F.threshold, torch.threshold)
def threshold(input, threshold, value):
    return where(input <= threshold, value, input)

@names(F.glu)
def glu(input, dim=-1):
    "The first half along an axis times the sigmoid of the second half."
    half = middle(input.shape, dim)
    if half is None:
        return refuse("The two halves of an axis of odd length, which glu multiplies, are not of one length")
    return input[part(input.ndim, dim, 0, half)] * sigmoid(input[part(input.ndim, dim, half, None)])

@names(F.softmax)
def softmax(input, dim=None, _stacklevel=3):
    if input.ndim == 0:
        return exp(input - input)
    return softmax(input, usual_axis(input.ndim) if dim is None else dim)

@names(torch.special.softmax, torch.softmax, Tensor.softmax)
def softmax(input, dim):
    return exp(input - input) if input.ndim == 0 else softmax(input, dim)

@names(F.log_softmax)
def log_softmax(input, dim=None, _stacklevel=3):
    if input.ndim == 0:
        return input - input
    return log_softmax(input, usual_axis(input.ndim) if dim is None else dim)

@names(torch.special.log_softmax, torch.log_softmax, Tensor.log_softmax)
def log_softmax(input, dim):
    return input - input if input.ndim == 0 else log_softmax(input, dim)

@names(F.softmin)
def softmin(input, dim=None, _stacklevel=3):
    if input.ndim == 0:
        return exp(input - input)
    return softmax(-input, usual_axis(input.ndim) if dim is None else dim)
"""
