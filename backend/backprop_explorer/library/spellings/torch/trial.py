"""x"""
TABLE = """
torch.exp, Tensor.exp = lambda input: exp(input)

@names(torch.addmm, Tensor.addmm)
def addmm(input, mat1, mat2, *, beta=1, alpha=1):
    return beta * input + alpha * (mat1 @ mat2)

@names(torch.max, Tensor.max)
def max(input, dim=None, keepdim=False):
    return max(input) if dim is None else fields(values=max(input, dim, keepdim), indices=argmax(input, dim, keepdim))

F.linear = lambda input, weight, bias=None: linear(input, weight, bias, layout="out_in")
"""
