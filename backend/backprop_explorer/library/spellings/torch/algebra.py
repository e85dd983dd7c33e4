"""PyTorch's words for products of matrices, norms and linear algebra."""

TABLE = """
torch.matmul, Tensor.matmul, torch.linalg.matmul, Tensor.__matmul__ = lambda input, other: matmul(input, other)

torch.mm, Tensor.mm, torch.bmm, Tensor.bmm = lambda input, mat2: matmul(input, mat2)

torch.mv, Tensor.mv = lambda input, vec: matmul(input, vec)

@names(torch.dot, Tensor.dot)
def dot(input, tensor):
    "The sum of the products of two vectors."
    return (
        input @ tensor if input.ndim == 1 and tensor.ndim == 1
        else refuse("torch.dot takes two vectors", "write a @ b for matrices")
    )

@names(torch.vdot, Tensor.vdot)
def vdot(input, other):
    "The sum of the products of two vectors."
    return (
        input @ other if input.ndim == 1 and other.ndim == 1
        else refuse("torch.vdot takes two vectors", "write a @ b for matrices")
    )

@names(torch.inner, Tensor.inner)
def inner(input, other):
    "Sums of products over the last axis of both."
    return inner_product(input, other)

@names(torch.outer, Tensor.outer, torch.ger, Tensor.ger)
def outer(input, vec2):
    "Every element of one vector times every element of the other."
    return (
        input[:, None] * vec2 if input.ndim == 1 and vec2.ndim == 1
        else refuse("torch.outer takes two vectors", "write a[:, None] * b")
    )

@names(torch.addmm, Tensor.addmm)
def addmm(input, mat1, mat2, *, beta=1, alpha=1):
    return summed_up(input, mat1 @ mat2, beta, alpha)

@names(torch.addmv, Tensor.addmv)
def addmv(input, mat, vec, *, beta=1, alpha=1):
    return summed_up(input, mat @ vec, beta, alpha)

@names(torch.addr, Tensor.addr)
def addr(input, vec1, vec2, *, beta=1, alpha=1):
    return summed_up(input, vec1[:, None] * vec2, beta, alpha)

@names(torch.baddbmm, Tensor.baddbmm)
def baddbmm(input, batch1, batch2, *, beta=1, alpha=1):
    return summed_up(input, batch1 @ batch2, beta, alpha)

@names(torch.addbmm, Tensor.addbmm)
def addbmm(input, batch1, batch2, *, beta=1, alpha=1):
    return summed_up(input, sum(batch1 @ batch2, 0), beta, alpha)

@names(torch.tensordot)
def tensordot(a, b, dims=2):
    "Sums of products over pairs of axes."
    axes = summed_axes(a.shape, b.shape, dims)
    return named_sum((pairing(a.shape, b.shape, axes[0], axes[1], True), (a, b)))

@names(torch.einsum)
def einsum(equation, *operands):
    return named_sum(spelled_out((equation, *operands)))

@names(torch.kron, Tensor.kron)
def kron(input, other):
    "Every element of one times the whole of the other."
    return kronecker(input, other)

@names(torch.linalg.vecdot)
def linalg_vecdot(x, y, *, dim=-1):
    "Sums of products along an axis."
    return sum(x * y, dim)

@names(torch.cross, Tensor.cross)
def cross(input, other, dim=None):
    "The vector that is perpendicular to both: by default along the first axis of length 3."
    return crossed(input, other, first_of(input.shape, 3) if dim is None else dim)

@names(torch.linalg.cross)
def linalg_cross(input, other, *, dim=-1):
    "The vector that is perpendicular to both."
    return crossed(input, other, dim)

@names(torch.trace, Tensor.trace)
def trace(input):
    "The sum of a matrix's diagonal."
    return sum(banded(input))

@names(torch.chain_matmul)
def chain_matmul(*matrices):
    return chained(listed(matrices))

@names(torch.linalg.multi_dot)
def linalg_multi_dot(tensors):
    return chained(tensors)

@names(torch.matrix_power, Tensor.matrix_power, torch.linalg.matrix_power)
def matrix_power(input, n):
    return powered(input, n)

@names(torch.cdist)
def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    "The distance of every row of one to every row of the other; its gradient is 0 where they are the same."
    return length_of(expand_dims(x1, -2) - expand_dims(x2, -3), p, -1)

@names(torch.pdist, F.pdist)
def pdist(input, p=2.0):
    "The distance of each pair of rows; its gradient is 0 where they are the same."
    pairs = triangle(input.shape[0], room(input.shape[0] ** 2, input.shape[0]), 1, True)
    return length_of(gather(input, array(pairs[0])) - gather(input, array(pairs[1])), p, -1)

@names(torch.linalg.vector_norm)
def linalg_vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None):
    "The length of the numbers along axes, or of all; its gradient is 0 where it is 0."
    return length_of(x, ord, dim, keepdim)

@names(torch.linalg.matrix_norm)
def linalg_matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None):
    "The length of matrices; its gradient is 0 where it is 0."
    return matrix_length(A, ord, dim, keepdim)

@names(torch.linalg.norm)
def linalg_norm(A, ord=None, dim=None, keepdim=False, *, dtype=None):
    "The length of vectors, or of matrices where ord and two axes are meant; its gradient is 0 where it is 0."
    return (
        length_of(A, 2, dim, keepdim) if ord is None
        else matrix_length(A, ord, (0, 1) if dim is None else dim, keepdim) if axes_meant(A.ndim, dim) == 2
        else length_of(A, ord, dim, keepdim)
    )

@names(torch.norm, Tensor.norm)
def norm(input, p="fro", dim=None, keepdim=False, dtype=None):
    "The length of the numbers along axes, or of all; its gradient is 0 where it is 0."
    return (
        refuse("The nuclear norm", "use the Frobenius norm") if p == "nuc"
        else length_of(input, 2 if p is None or p == "fro" else p, dim, keepdim)
    )

torch.linalg.inv, torch.inverse, Tensor.inverse = lambda A: inv(A)

torch.linalg.det, torch.det, Tensor.det = lambda A: det(A)

@names(torch.linalg.slogdet, torch.slogdet, Tensor.slogdet)
def linalg_slogdet(A):
    "The determinant's sign and the logarithm of its size."
    return fields(sign=detach(sign(det(A))), logabsdet=logabsdet(A))

torch.logdet, Tensor.logdet = lambda input: log(det(input))

@names(torch.linalg.solve)
def linalg_solve(A, B, *, left=True):
    return solved(A, B) if left else solved(A.mT, B.mT).mT

@names(torch.linalg.cholesky, torch.cholesky, Tensor.cholesky)
def linalg_cholesky(input, upper=False):
    return cholesky(input).mT if upper else cholesky(input)
"""
