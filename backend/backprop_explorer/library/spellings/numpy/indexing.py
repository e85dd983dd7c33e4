"""NumPy's words for elements that are taken out of arrays, or sorted."""

TABLE = """
@names(np.diagonal, ndarray.diagonal)
def diagonal(a, offset=0, axis1=0, axis2=1):
    "The diagonal of two axes, as the last axis."
    return banded(a, offset, axis1, axis2)

@names(np.linalg.diagonal)
def linalg_diagonal(x, *, offset=0):
    "The diagonal of the last two axes."
    return banded(x, offset, -2, -1)

@names(np.diag)
def diag(v, k=0):
    "The diagonal of a matrix, or the matrix of zeros that has a vector as its diagonal."
    return (
        diagonal_matrix(v, k) if v.ndim == 1 else banded(v, k) if v.ndim == 2
        else refuse("np.diag takes a vector or a matrix", "use np.diagonal for more axes")
    )

@names(np.diagflat)
def diagflat(v, k=0):
    "The matrix of zeros that has all elements as its diagonal."
    return diagonal_matrix(reshape(v, (-1,)), k)

@names(np.take, ndarray.take)
def take(a, indices, axis=None, *, mode="raise"):
    "Along an axis, or of all elements in a row, what stands at the places that indices name."
    if mode != "raise":
        return refuse("np.take with a mode", "give places that exist")
    line = reshape(a, (-1,)) if axis is None else a
    at = 0 if axis is None else axis
    return taken(line, wrapped(indices, line.shape[place(at, line.ndim)]), at)

np.take_along_axis = lambda arr, indices, axis=-1: (
    take_along_axis(reshape(arr, (-1,)), indices, 0) if axis is None else take_along_axis(arr, indices, axis)
)

@names(np.where)
def where(condition, x=None, y=None):
    "x where the condition holds, else y."
    return (
        refuse(
            "np.where of a condition alone gives indices whose number depends on the numbers",
            "give it two tensors: np.where(condition, a, b)",
        ) if x is None or y is None else where(condition, x, y)
    )

@names(np.argsort, ndarray.argsort)
def argsort(a, axis=-1, kind=None, order=None, *, stable=None):
    "The places of the elements in their order; equal ones keep theirs."
    return argsort(reshape(a, (-1,)), 0) if axis is None else argsort(a, axis)

@names(np.sort)
def sort(a, axis=-1, kind=None, order=None, *, stable=None):
    "The elements in their order."
    line = reshape(a, (-1,)) if axis is None else a
    at = 0 if axis is None else axis
    return take_along_axis(line, argsort(line, at), at)

@names(np.nonzero, ndarray.nonzero, np.argwhere, np.flatnonzero)
def nonzero(a):
    return refuse("The shape of np.nonzero depends on the numbers", "multiply by the mask, or use np.where")

@names(np.searchsorted, ndarray.searchsorted)
def searchsorted(a, v, side="left", sorter=None):
    return refuse("np.searchsorted", "count with a comparison: (a < v[:, None]).sum(-1)")

@names(np.unique)
def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None):
    return refuse("The shape of np.unique depends on the numbers", "compare with each of the values that there are")

@names(np.compress)
def compress(condition, a, axis=None):
    "What stands where the condition holds, which has to stand in the program."
    line = reshape(a, (-1,)) if axis is None else a
    at = 0 if axis is None else axis
    return taken(line, array(chosen(known_numbers(condition), line.shape[place(at, line.ndim)])), at)

@names(ndarray.compress)
def compress_method(a, condition, axis=None):
    "What stands where the condition holds, which has to stand in the program."
    line = reshape(a, (-1,)) if axis is None else a
    at = 0 if axis is None else axis
    return taken(line, array(chosen(known_numbers(condition), line.shape[place(at, line.ndim)])), at)

@names(np.delete)
def delete(arr, obj, axis=None):
    "What is left without the places named, which have to stand in the program."
    line = reshape(arr, (-1,)) if axis is None else arr
    at = 0 if axis is None else axis
    return taken(line, array(remaining(known_numbers(obj), line.shape[place(at, line.ndim)])), at)

@names(np.extract)
def extract(condition, arr):
    return refuse("The shape of np.extract depends on the numbers", "multiply by the mask, or use np.where")

@names(ndarray.sort)
def sort_in_place(a, axis=-1, kind=None, order=None, *, stable=None):
    return refuse("ndarray.sort changes the array itself", "write y = np.sort(x)")
"""
