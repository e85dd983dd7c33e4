"""NumPy's words for arrays in other shapes and orders, joined, cut and repeated."""

TABLE = """
np.reshape = lambda a, shape, order="C", *, copy=None: reshaped(a, shape, order)

@names(ndarray.reshape)
def reshape_method(a, *shape, order="C", copy=None):
    return reshaped(a, listed(shape), order)

np.ravel, ndarray.ravel = lambda a, order="C": reshaped(a, (-1,), order)

@names(ndarray.flatten)
def flatten(a, order="C", end_dim=-1, *, start_dim=None):
    "All elements in a row; given numbers, as the language's own flatten, the axes from one to the other as one."
    first = order if start_dim is None else start_dim
    return reshape(a, merged(a.shape, first, end_dim)) if all_whole(first) else reshaped(a, (-1,), order)

np.squeeze, ndarray.squeeze = lambda a, axis=None: squeeze(a, axis)

np.expand_dims = lambda a, axis: expand_dims(a, axis)

np.broadcast_to = lambda array, shape: broadcast_to(array, shape)

np.transpose = lambda a, axes=None: transpose(a, axes)

np.permute_dims = lambda a, axes=None: transpose(a, axes)

@names(ndarray.transpose)
def transpose_method(a, *axes):
    return transpose(a, listed(axes) if axes and axes[0] is not None else None)

np.matrix_transpose, np.linalg.matrix_transpose = lambda x: x.mT

@names(np.swapaxes, ndarray.swapaxes)
def swapaxes(a, axis1, axis2):
    return axes_traded(a, axis1, axis2)

np.moveaxis = lambda a, source, destination: transpose(a, moved(a.ndim, source, destination))

@names(np.rollaxis)
def rollaxis(a, axis, start=0):
    "The axis moved until it lies in front of the one at start."
    return transpose(a, rolled(a.ndim, axis, start))

@names(np.concatenate, np.concat)
def concatenate(arrays, axis=0, *, dtype=None, casting="same_kind"):
    return (
        concatenate([reshape(part, (-1,)) for part in arrays], 0) if axis is None
        else concatenate(arrays, axis)
    )

np.stack = lambda arrays, axis=0, *, dtype=None, casting="same_kind": stack(arrays, axis)

@names(np.hstack)
def hstack(tup, *, dtype=None, casting="same_kind"):
    "Joined along the second axis, vectors and numbers along the first."
    parts = [lifted_to(part, 1) for part in tup]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1)

@names(np.vstack, np.row_stack)
def vstack(tup, *, dtype=None, casting="same_kind"):
    "Joined along the first axis, vectors as rows."
    return concatenate([lifted_to(part, 2) for part in tup], 0)

@names(np.dstack)
def dstack(tup):
    "Joined along the third axis."
    return concatenate([lifted_to(part, 3) for part in tup], 2)

@names(np.column_stack)
def column_stack(tup):
    "Joined along the second axis, vectors as columns."
    return concatenate([part if part.ndim > 1 else reshape(part, (-1, 1)) for part in tup], 1)

@names(np.append)
def append(arr, values, axis=None):
    "The values behind the array, along an axis or all in a row."
    return (
        concatenate((reshape(lifted_to(arr, 1), (-1,)), reshape(lifted_to(values, 1), (-1,))), 0) if axis is None
        else concatenate((arr, values), axis)
    )

@names(np.block)
def block(arrays):
    "A matrix out of rows of matrices; a single list is one row."
    return (
        concatenate([concatenate([lifted_to(part, 2) for part in row], -1) for row in arrays], -2)
        if is_nested(arrays) else concatenate([lifted_to(part, 1) for part in arrays], -1)
    )

@names(np.split)
def split(ary, indices_or_sections, axis=0):
    "So many equal parts, or cut at the places in a list."
    return divided_in(ary, indices_or_sections, axis, True)

@names(np.array_split)
def array_split(ary, indices_or_sections, axis=0):
    "So many parts, the first ones longer by one where it does not fit, or cut at the places in a list."
    return divided_in(ary, indices_or_sections, axis)

@names(np.hsplit)
def hsplit(ary, indices_or_sections):
    axis = 0 if ary.ndim == 1 else 1
    return divided_in(ary, indices_or_sections, axis, True)

@names(np.vsplit)
def vsplit(ary, indices_or_sections):
    return divided_in(ary, indices_or_sections, 0, True)

@names(np.dsplit)
def dsplit(ary, indices_or_sections):
    return divided_in(ary, indices_or_sections, 2, True)

@names(np.unstack)
def unstack(x, *, axis=0):
    "The slices along an axis, each without it."
    return [x[along(x.ndim, axis, i)] for i in range(x.shape[place(axis, x.ndim)])]

np.tile = lambda A, reps: repeated_as(A, tiles(A.shape, reps))

@names(np.repeat, ndarray.repeat)
def repeat(a, repeats, axis=None):
    "Each element, so often, along an axis, or of all elements in a row."
    line = reshape(a, (-1,)) if axis is None else a
    at = 0 if axis is None else axis
    counts = known_numbers(repeats)
    return (
        repeated_as(line, copies(line.shape, at, common_count(counts))) if common_count(counts) is not None
        else taken(line, array(repeated(room(total(counts), counts), line.shape[place(at, line.ndim)])), at)
    )

@names(np.roll)
def roll(a, shift, axis=None):
    "The elements shifted along axes; what falls off at one end comes back at the other."
    line = reshape(a, (-1,)) if axis is None else a
    steps = rolled_parts(line.shape, shift, 0 if axis is None else axis)
    for i in range(len(steps)):
        line = concatenate((line[steps[i][1]], line[steps[i][2]]), steps[i][0])
    return reshape(line, a.shape) if axis is None else line

np.flip = lambda m, axis=None: m[reversal(m.ndim, axis)]

np.fliplr = lambda m: m[:, ::-1]

np.flipud = lambda m: m[::-1]

@names(np.rot90)
def rot90(m, k=1, axes=(0, 1)):
    "Turned by k quarters from the first axis named to the second."
    order = traded(m.ndim, axes[0], axes[1])
    return (
        m if k % 4 == 0 else m[reversal(m.ndim, axes)] if k % 4 == 2
        else transpose(m[reversal(m.ndim, axes[1])], order) if k % 4 == 1
        else transpose(m, order)[reversal(m.ndim, axes[1])]
    )

@names(np.atleast_1d)
def atleast_1d(*arys):
    found = [lifted_to(one, 1) for one in arys]
    return found[0] if len(found) == 1 else found

@names(np.atleast_2d)
def atleast_2d(*arys):
    found = [lifted_to(one, 2) for one in arys]
    return found[0] if len(found) == 1 else found

@names(np.atleast_3d)
def atleast_3d(*arys):
    found = [lifted_to(one, 3) for one in arys]
    return found[0] if len(found) == 1 else found

@names(np.broadcast_arrays)
def broadcast_arrays(*args):
    return [broadcast_to(one, aligned([other.shape for other in args])) for one in args]

@names(np.meshgrid)
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    "Each vector along an axis of its own, broadcast along all others unless sparse."
    shapes = mesh([one.size for one in xi], indexing)
    alone = [reshape(xi[i], shapes[1][i]) for i in range(len(xi))]
    return alone if sparse else [broadcast_to(one, shapes[0]) for one in alone]

@names(np.tril)
def tril(m, k=0):
    "The lower triangle of the last two axes; above its k-th diagonal stand zeros."
    return tril(broadcast_to(m, (m.shape[0], m.shape[0])) if m.ndim == 1 else m, k)

@names(np.triu)
def triu(m, k=0):
    "The upper triangle of the last two axes; below its k-th diagonal stand zeros."
    return triu(broadcast_to(m, (m.shape[0], m.shape[0])) if m.ndim == 1 else m, k)

@names(np.diff)
def diff(a, n=1, axis=-1, *, prepend=None, append=None):
    "The differences of neighbours along an axis, n times over."
    first = a if prepend is None else concatenate((prepend, a), axis)
    y = first if append is None else concatenate((first, append), axis)
    for i in range(n):
        rest = y.shape[axis] - 1
        y = y[portion(y.shape, axis, 1, rest)] - y[portion(y.shape, axis, 0, rest)]
    return y

@names(np.pad)
def pad(array, pad_width, mode="constant", *, constant_values=0, reflect_type="even"):
    "Numbers around the array: one number, or what its own edge is continued to."
    around = widths(pad_width, array.ndim)
    if mode == "constant":
        return framed_by(array, around, widths(constant_values, array.ndim))
    if reflect_type != "even" or (mode != "edge" and mode != "reflect" and mode != "symmetric" and mode != "wrap"):
        return refuse("np.pad in this mode", "use one of constant, edge, reflect, symmetric and wrap")
    for i in range(array.ndim):
        array = bordered_by(array, i, around[i], mode) if total(around[i]) else array
    return array
"""
