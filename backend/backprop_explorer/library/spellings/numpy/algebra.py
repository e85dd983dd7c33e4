"""NumPy's words for products of matrices, norms and linear algebra."""

TABLE = """
np.matmul, np.linalg.matmul = lambda x1, x2: matmul(x1, x2)

np.matvec = lambda x1, x2: matmul(x1, x2[..., None])[..., 0]

np.vecmat = lambda x1, x2: matmul(x1[..., None, :], x2)[..., 0, :]

@names(np.dot, ndarray.dot)
def dot(a, b):
    "The product with a number; else sums of products over the last axis of a and the one before the last of b."
    return (
        a * b if axis_count(a) == 0 or axis_count(b) == 0 else a @ b if b.ndim < 3
        else einsum(pairing(a.shape, b.shape, -1, -2), a, b)
    )

@names(np.inner)
def inner(a, b):
    "Sums of products over the last axis of both."
    return inner_product(a, b)

@names(np.outer)
def outer(a, b):
    "Every element of one times every element of the other, in rows and columns."
    return reshape(a, (-1,))[:, None] * reshape(b, (-1,))

@names(np.linalg.outer)
def linalg_outer(x1, x2):
    "Every element of one vector times every element of the other."
    return x1[:, None] * x2

@names(np.vdot)
def vdot(a, b):
    "The sum of the products of all elements."
    return reshape(a, (-1,)) @ reshape(b, (-1,))

@names(np.vecdot)
def vecdot(x1, x2, *, axis=-1):
    "Sums of products along an axis."
    return sum(x1 * x2, axis)

@names(np.linalg.vecdot)
def linalg_vecdot(x1, x2, *, axis=-1):
    "Sums of products along an axis."
    return sum(x1 * x2, axis)

@names(np.tensordot)
def tensordot(a, b, axes=2):
    "Sums of products over pairs of axes."
    pairs = summed_axes(a.shape, b.shape, axes)
    return einsum(pairing(a.shape, b.shape, pairs[0], pairs[1]), a, b)

@names(np.linalg.tensordot)
def linalg_tensordot(x1, x2, *, axes=2):
    "Sums of products over pairs of axes."
    pairs = summed_axes(x1.shape, x2.shape, axes)
    return einsum(pairing(x1.shape, x2.shape, pairs[0], pairs[1]), x1, x2)

@names(np.einsum)
def einsum(*operands, optimize=False, dtype=None, casting="safe"):
    return named_sum(spelled_out(operands))

@names(np.kron)
def kron(a, b):
    "Every element of one times the whole of the other."
    return kronecker(a, b)

@names(np.cross)
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    "The vector that is perpendicular to both."
    ends = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    product = crossed(to_end(a, ends[0]), to_end(b, ends[1]), -1)
    return transpose(product, moved(product.ndim, -1, ends[2])) if product.ndim > 1 else product

@names(np.linalg.cross)
def linalg_cross(x1, x2, *, axis=-1):
    "The vector that is perpendicular to both."
    return crossed(x1, x2, axis)

@names(np.trace, ndarray.trace)
def trace(a, offset=0, axis1=0, axis2=1, dtype=None):
    "The sum of the diagonal of two axes."
    return sum(banded(a, offset, axis1, axis2), -1)

@names(np.linalg.trace)
def linalg_trace(x, *, offset=0, dtype=None):
    "The sum of the diagonal of the last two axes."
    return sum(banded(x, offset, -2, -1), -1)

np.linalg.multi_dot = lambda arrays: chained(arrays)

np.linalg.matrix_power = lambda a, n: powered(a, n)

@names(np.linalg.norm)
def linalg_norm(x, ord=None, axis=None, keepdims=False):
    "The length of vectors, or of matrices where ord and two axes are meant; its gradient is 0 where it is 0."
    return (
        length_of(x, 2, axis, keepdims) if ord is None
        else matrix_length(x, ord, (0, 1) if axis is None else axis, keepdims) if axes_meant(x.ndim, axis) == 2
        else length_of(x, ord, axis, keepdims)
    )

@names(np.linalg.vector_norm)
def linalg_vector_norm(x, *, axis=None, keepdims=False, ord=2):
    "The length of the numbers along axes, or of all; its gradient is 0 where it is 0."
    return length_of(x, ord, axis, keepdims)

@names(np.linalg.matrix_norm)
def linalg_matrix_norm(x, *, keepdims=False, ord="fro"):
    "The length of matrices; its gradient is 0 where it is 0."
    return matrix_length(x, ord, (-2, -1), keepdims)

np.linalg.inv = lambda a: inv(a)

np.linalg.det = lambda a: det(a)

@names(np.linalg.slogdet)
def linalg_slogdet(a):
    "The determinant's sign and the logarithm of its size."
    return fields(sign=detach(sign(det(a))), logabsdet=logabsdet(a))

@names(np.linalg.solve)
def linalg_solve(a, b):
    "What a maps to b, which is a vector or matrices."
    return solve(a, b)

@names(np.linalg.cholesky)
def linalg_cholesky(a, *, upper=False):
    return cholesky(a).mT if upper else cholesky(a)
"""
