"""Activations as modules."""

TABLE = """
class ReLU(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.relu(input)

class ReLU6(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.relu6(input)

class Sigmoid(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return torch.sigmoid(input)

class Tanh(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return torch.tanh(input)

class SiLU(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.silu(input)

class Mish(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.mish(input)

class Softsign(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.softsign(input)

class Tanhshrink(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.tanhshrink(input)

class LogSigmoid(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.logsigmoid(input)

class SELU(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.selu(input)

class Hardsigmoid(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.hardsigmoid(input)

class Hardswish(Module):
    def __init__(self, inplace=False):
        pass

    def forward(self, input):
        return F.hardswish(input)

class LeakyReLU(Module):
    def __init__(self, negative_slope=0.01, inplace=False):
        self.negative_slope = negative_slope

    def forward(self, input):
        return F.leaky_relu(input, negative_slope=self.negative_slope)

class ELU(Module):
    def __init__(self, alpha=1.0, inplace=False):
        self.alpha = alpha

    def forward(self, input):
        return F.elu(input, alpha=self.alpha)

class CELU(Module):
    def __init__(self, alpha=1.0, inplace=False):
        self.alpha = alpha

    def forward(self, input):
        return F.celu(input, alpha=self.alpha)

class GELU(Module):
    def __init__(self, approximate="none", inplace=False):
        self.approximate = approximate

    def forward(self, input):
        return F.gelu(input, approximate=self.approximate)

class Softplus(Module):
    def __init__(self, beta=1.0, threshold=20.0, inplace=False):
        self.beta = beta
        self.threshold = threshold

    def forward(self, input):
        return F.softplus(input, beta=self.beta, threshold=self.threshold)

class Hardtanh(Module):
    def __init__(self, min_val=-1.0, max_val=1.0, inplace=False):
        self.min_val = min_val
        self.max_val = max_val

    def forward(self, input):
        return F.hardtanh(input, min_val=self.min_val, max_val=self.max_val)

class Hardshrink(Module):
    def __init__(self, lambd=0.5, inplace=False):
        self.lambd = lambd

    def forward(self, input):
        return F.hardshrink(input, lambd=self.lambd)

class Softshrink(Module):
    def __init__(self, lambd=0.5, inplace=False):
        self.lambd = lambd

    def forward(self, input):
        return F.softshrink(input, lambd=self.lambd)

class Softmax(Module):
    def __init__(self, dim=None, inplace=False):
        self.dim = dim

    def forward(self, input):
        return F.softmax(input, dim=self.dim)

class LogSoftmax(Module):
    def __init__(self, dim=None, inplace=False):
        self.dim = dim

    def forward(self, input):
        return F.log_softmax(input, dim=self.dim)

class Softmin(Module):
    def __init__(self, dim=None, inplace=False):
        self.dim = dim

    def forward(self, input):
        return F.softmin(input, dim=self.dim)

class GLU(Module):
    def __init__(self, dim=-1, inplace=False):
        self.dim = dim

    def forward(self, input):
        return F.glu(input, dim=self.dim)

class Threshold(Module):
    def __init__(self, threshold, value, inplace=False):
        self.threshold = threshold
        self.value = value

    def forward(self, input):
        return F.threshold(input, self.threshold, self.value)

class PReLU(Module):
    def __init__(self, num_parameters=1, init=0.25, device=None, dtype=None):
        self.weight = Parameter(torch.full((num_parameters,), init))

    def forward(self, input):
        return F.prelu(input, self.weight)
"""
