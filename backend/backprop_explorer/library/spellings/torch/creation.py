"""PyTorch's words for tensors that are made of numbers in the program, and for other kinds of numbers."""

TABLE = """
@names(torch.tensor)
def tensor(data, *, dtype=None):
    "The numbers of the program as a tensor; of tensors a copy that passes no gradient."
    return arranged(data, asked((), dtype)) if is_static(data) else detach(arranged(data, asked((), dtype)))

@names(torch.as_tensor, torch.asarray, torch.from_numpy)
def as_tensor(data, dtype=None):
    "The numbers of the program as a tensor; a tensor stays what it is."
    return arranged(data, asked((), dtype))

@names(Tensor.new_tensor)
def new_tensor(input, data, *, dtype=None):
    return arranged(data, asked((), dtype))

@names(torch.zeros)
def zeros(*lengths, size=None, dtype=None):
    return made_of(listed(lengths, size), 0, asked((), dtype))

@names(torch.ones)
def ones(*lengths, size=None, dtype=None):
    return made_of(listed(lengths, size), 1, asked((), dtype))

@names(torch.full)
def full(size, fill_value, *, dtype=None):
    return made_of(size, fill_value, asked((), dtype, fill_value))

@names(torch.zeros_like)
def zeros_like(input, *, dtype=None):
    return made_of(input.shape, 0, asked((input,), dtype))

@names(torch.ones_like)
def ones_like(input, *, dtype=None):
    return made_of(input.shape, 1, asked((input,), dtype))

@names(torch.full_like)
def full_like(input, fill_value, *, dtype=None):
    return made_of(input.shape, fill_value, asked((input,), dtype))

@names(Tensor.new_zeros)
def new_zeros(input, *lengths, size=None, dtype=None):
    return made_of(listed(lengths, size), 0, asked((input,), dtype))

@names(Tensor.new_ones)
def new_ones(input, *lengths, size=None, dtype=None):
    return made_of(listed(lengths, size), 1, asked((input,), dtype))

@names(Tensor.new_full)
def new_full(input, size, fill_value, *, dtype=None):
    return made_of(size, fill_value, asked((input,), dtype))

@names(torch.eye)
def eye(n, m=None, *, dtype=None):
    "Ones on the diagonal, zeros elsewhere."
    return cast(eye(n) if m is None or m == n else float(arange(n)[:, None] == arange(m)), asked((), dtype))

@names(torch.arange)
def arange(start, end=None, step=1, *, dtype=None):
    "The numbers from start up to, and without, end."
    return sequence(0 if end is None else start, start if end is None else end, step, asked((), dtype))

@names(torch.linspace)
def linspace(start, end, steps, *, dtype=None):
    "So many numbers at equal distances, from start to end."
    return between(start, end, steps)

@names(torch.logspace)
def logspace(start, end, steps, base=10.0, *, dtype=None):
    "The powers of the base whose exponents are at equal distances, from start to end."
    return base ** between(start, end, steps)

@names(torch.tril_indices)
def tril_indices(row, col, offset=0, *, dtype=None):
    "The rows and the columns of a lower triangle's elements, as two rows."
    return array(triangle(row, room(row * col, col), offset, False))

@names(torch.triu_indices)
def triu_indices(row, col, offset=0, *, dtype=None):
    "The rows and the columns of an upper triangle's elements, as two rows."
    return array(triangle(row, room(row * col, col), offset, True))

@names(torch.vander)
def vander(x, N=None, increasing=False):
    "The powers of each element, one behind the other."
    n = x.shape[0] if N is None else N
    return expand_dims(x, -1) ** (arange(n) if increasing else arange(n - 1, -1, -1))

@names(Tensor.float, Tensor.double, Tensor.half, Tensor.bfloat16)
def float_method(input):
    "The numbers as floating-point ones: a mask's are 1 and 0. The document says how exact they are."
    return cast(input, "float")

@names(Tensor.long, Tensor.int, Tensor.short)
def long_method(input):
    "The numbers as whole ones, cut off towards 0; they pass no gradient."
    return cast(input, "whole")

@names(Tensor.bool)
def bool_method(input):
    "Where the number is not 0."
    return cast(input, "bool")

@names(Tensor.to, Tensor.type)
def to_method(input, *args, dtype=None):
    "The numbers as another kind; where they are kept means nothing here."
    return cast(input, asked(args, dtype))

@names(Tensor.type_as)
def type_as(input, other):
    "The numbers as the kind that another tensor holds."
    return cast(input, asked((other,)))

torch.clone, Tensor.clone = lambda input: copy(input)

@names(Tensor.contiguous, Tensor.cpu, Tensor.numpy)
def contiguous(input):
    return input

@names(Tensor.cuda, Tensor.requires_grad_, Tensor.retain_grad)
def cuda(input, *args):
    return input

torch.detach, Tensor.detach = lambda input: detach(input)

@names(torch.empty)
def empty(*size, dtype=None):
    return refuse("torch.empty holds whatever was in memory", "use torch.zeros")

@names(torch.empty_like)
def empty_like(input, *, dtype=None):
    return refuse("torch.empty_like holds whatever was in memory", "use torch.zeros_like")

@names(torch.randn, torch.normal, torch.randint, torch.randperm, torch.rand, torch.bernoulli, torch.multinomial)
def randn(*shape, size=None, mean=None, std=None, low=None, high=None, dtype=None):
    return refuse("Random numbers of PyTorch's", "make it an input of the document, or random((3, 2)) draws new ones")

@names(torch.randn_like, torch.rand_like, torch.randint_like)
def randn_like(input, *bounds, dtype=None):
    return refuse("Random numbers of PyTorch's", "make it an input of the document, or random((3, 2)) draws new ones")
"""
