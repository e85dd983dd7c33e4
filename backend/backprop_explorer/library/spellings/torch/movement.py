"""PyTorch's words for tensors in other shapes and orders, joined, cut and repeated."""

TABLE = """
@names(Tensor.view)
def view(input, *shape, size=None):
    return reshape(input, listed(shape, size))

@names(Tensor.reshape)
def reshape_method(input, *lengths, shape=None):
    return reshape(input, listed(lengths, shape))

torch.reshape = lambda input, shape: reshape(input, shape)

Tensor.view_as, Tensor.reshape_as = lambda input, other: reshape(input, other.shape)

torch.ravel, Tensor.ravel = lambda input: reshape(input, (-1,))

@names(torch.flatten, Tensor.flatten)
def flatten(input, start_dim=0, end_dim=-1):
    return reshape(input, merged(input.shape, start_dim, end_dim))

torch.unflatten, Tensor.unflatten = lambda input, dim, sizes: reshape(input, opened(input.shape, dim, sizes))

@names(torch.squeeze, Tensor.squeeze)
def squeeze(input, dim=None):
    "Without its axes of length 1, or those of the ones named that have it."
    return reshape(input, without_ones(input.shape, dim))

torch.unsqueeze, Tensor.unsqueeze = lambda input, dim: expand_dims(input, dim)

@names(Tensor.expand)
def expand(input, *sizes, size=None):
    "Stretched to these lengths, -1 keeping one; new axes stand in front."
    return broadcast_to(input, expanded_to(input.shape, listed(sizes, size)))

Tensor.expand_as = lambda input, other: broadcast_to(input, other.shape)

torch.broadcast_to, Tensor.broadcast_to = lambda input, size: broadcast_to(input, expanded_to(input.shape, size))

@names(torch.transpose, Tensor.transpose, torch.swapdims, Tensor.swapdims)
def transpose(input, dim0, dim1):
    "Two axes in each other's place."
    return axes_traded(input, dim0, dim1)

@names(torch.swapaxes, Tensor.swapaxes)
def swapaxes(input, axis0, axis1):
    "Two axes in each other's place."
    return axes_traded(input, axis0, axis1)

@names(torch.t, Tensor.t)
def t(input):
    return (
        input if input.ndim < 2 else input.mT if input.ndim == 2
        else refuse("torch.t takes a matrix or less", "use .mT for the last two axes")
    )

torch.adjoint, Tensor.adjoint = lambda input: input.mT

torch.permute = lambda input, dims: transpose(input, places(dims, input.ndim))

@names(Tensor.permute)
def permute_method(input, *axes, dims=None):
    return transpose(input, places(listed(axes, dims), input.ndim))

@names(torch.movedim, Tensor.movedim, torch.moveaxis, Tensor.moveaxis)
def movedim(input, source, destination):
    return transpose(input, moved(input.ndim, source, destination))

torch.cat, torch.concat, torch.concatenate = lambda tensors, dim=0: concatenate(tensors, dim)

torch.stack = lambda tensors, dim=0: stack(tensors, dim)

@names(torch.hstack)
def hstack(tensors):
    "Joined along the second axis, vectors and numbers along the first."
    parts = [lifted_to(part, 1) for part in tensors]
    return concatenate(parts, 0 if parts[0].ndim == 1 else 1)

@names(torch.vstack, torch.row_stack)
def vstack(tensors):
    "Joined along the first axis, vectors as rows."
    return concatenate([lifted_to(part, 2) for part in tensors], 0)

@names(torch.dstack)
def dstack(tensors):
    "Joined along the third axis."
    return concatenate([lifted_to(part, 3) for part in tensors], 2)

@names(torch.column_stack)
def column_stack(tensors):
    "Joined along the second axis, vectors as columns."
    return concatenate([part if part.ndim > 1 else reshape(part, (-1, 1)) for part in tensors], 1)

@names(torch.block_diag)
def block_diag(*tensors):
    "The matrices along the diagonal, zeros elsewhere; vectors are rows."
    parts = [lifted_to(part, 2) for part in tensors]
    around = margins([part.shape[1] for part in parts])
    return concatenate([pad(parts[i], ((0, 0), around[i])) for i in range(len(parts))], 0)

@names(torch.split)
def split(tensor, split_size_or_sections, dim=0):
    "Parts of that length, the last one shorter where it does not fit, or of the lengths in a list."
    return [tensor[part] for part in cuts(tensor.shape, dim, split_size_or_sections)]

@names(Tensor.split)
def split_method(tensor, split_size, dim=0):
    "Parts of that length, the last one shorter where it does not fit, or of the lengths in a list."
    return [tensor[part] for part in cuts(tensor.shape, dim, split_size)]

@names(torch.split_with_sizes, Tensor.split_with_sizes)
def split_with_sizes(input, split_sizes, dim=0):
    "Parts of these lengths."
    return [input[part] for part in cuts(input.shape, dim, listed(split_sizes))]

@names(torch.chunk, Tensor.chunk)
def chunk(input, chunks, dim=0):
    "At most so many parts of equal length, the last one shorter where it does not fit."
    return [input[part] for part in cuts(input.shape, dim, portions(input.shape, dim, chunks))]

@names(torch.tensor_split, Tensor.tensor_split)
def tensor_split(input, indices_or_sections=None, dim=0, *, sections=None, indices=None):
    "So many parts, the first ones longer by one where it does not fit, or cut at the places in a list."
    return divided_in(input, only(indices_or_sections, sections, indices), dim)

@names(torch.hsplit, Tensor.hsplit)
def hsplit(input, indices_or_sections=None, *, sections=None, indices=None):
    "Equal parts along the second axis, of a vector along its only one, or cut at the places in a list."
    return divided_in(input, only(indices_or_sections, sections, indices), 0 if input.ndim == 1 else 1, True)

@names(torch.vsplit, Tensor.vsplit)
def vsplit(input, indices_or_sections=None, *, sections=None, indices=None):
    "Equal parts along the first axis, or cut at the places in a list."
    return divided_in(input, only(indices_or_sections, sections, indices), 0, True)

@names(torch.dsplit, Tensor.dsplit)
def dsplit(input, indices_or_sections=None, *, sections=None, indices=None):
    "Equal parts along the third axis, or cut at the places in a list."
    return divided_in(input, only(indices_or_sections, sections, indices), 2, True)

@names(torch.unbind, Tensor.unbind)
def unbind(input, dim=0):
    "The slices along an axis, each without it."
    return [input[along(input.ndim, dim, i)] for i in range(input.shape[place(dim, input.ndim)])]

torch.tile = lambda input, dims: repeated_as(input, tiles(input.shape, dims))

@names(Tensor.tile)
def tile_method(input, *repeats, dims=None):
    return repeated_as(input, tiles(input.shape, listed(repeats, dims)))

@names(Tensor.repeat)
def repeat(input, *counts, repeats=None):
    "The whole tensor, so often along each axis; more numbers than axes make new axes in front."
    return repeated_as(input, tiles(input.shape, counts_for(input.shape, listed(counts, repeats))))

@names(torch.repeat_interleave, Tensor.repeat_interleave)
def repeat_interleave(input, repeats, dim=None, *, output_size=None):
    "Each element, so often, along an axis, or of all elements in a row."
    line = reshape(input, (-1,)) if dim is None else input
    axis = 0 if dim is None else dim
    counts = known_numbers(repeats)
    return (
        repeated_as(line, copies(line.shape, axis, common_count(counts))) if common_count(counts) is not None
        else taken(line, array(repeated(room(total(counts), counts), line.shape[place(axis, line.ndim)])), axis)
    )

@names(torch.roll, Tensor.roll)
def roll(input, shifts, dims=None):
    "The elements shifted along axes; what falls off at one end comes back at the other."
    line = reshape(input, (-1,)) if dims is None else input
    steps = rolled_parts(line.shape, shifts, 0 if dims is None else dims)
    for i in range(len(steps)):
        line = concatenate((line[steps[i][1]], line[steps[i][2]]), steps[i][0])
    return reshape(line, input.shape) if dims is None else line

torch.flip = lambda input, dims: input[reversal(input.ndim, dims)]

@names(Tensor.flip)
def flip_method(input, *axes, dims=None):
    return input[reversal(input.ndim, listed(axes, dims))]

torch.fliplr, Tensor.fliplr = lambda input: input[:, ::-1]

torch.flipud, Tensor.flipud = lambda input: input[::-1]

@names(torch.rot90, Tensor.rot90)
def rot90(input, k=1, dims=(0, 1)):
    "Turned by k quarters from the first axis named to the second."
    order = traded(input.ndim, dims[0], dims[1])
    return (
        input if k % 4 == 0 else input[reversal(input.ndim, dims)] if k % 4 == 2
        else transpose(input[reversal(input.ndim, dims[1])], order) if k % 4 == 1
        else transpose(input, order)[reversal(input.ndim, dims[1])]
    )

@names(torch.atleast_1d)
def atleast_1d(*tensors):
    found = [lifted_to(one, 1) for one in listed(tensors)]
    return found[0] if len(found) == 1 else found

@names(torch.atleast_2d)
def atleast_2d(*tensors):
    found = [lifted_to(one, 2) for one in listed(tensors)]
    return found[0] if len(found) == 1 else found

@names(torch.atleast_3d)
def atleast_3d(*tensors):
    found = [lifted_to(one, 3) for one in listed(tensors)]
    return found[0] if len(found) == 1 else found

@names(torch.broadcast_tensors)
def broadcast_tensors(*tensors):
    every = listed(tensors)
    return [broadcast_to(one, aligned([other.shape for other in every])) for one in every]

@names(torch.meshgrid)
def meshgrid(*tensors, indexing="ij"):
    "Each vector along an axis of its own, broadcast along all others."
    every = listed(tensors)
    shapes = mesh([one.size for one in every], indexing)
    return [broadcast_to(reshape(every[i], shapes[1][i]), shapes[0]) for i in range(len(every))]

@names(torch.tril, Tensor.tril)
def tril(input, diagonal=0):
    "The lower triangle of the last two axes; above its diagonal of that number stand zeros."
    return tril(input, diagonal)

@names(torch.triu, Tensor.triu)
def triu(input, diagonal=0):
    "The upper triangle of the last two axes; below its diagonal of that number stand zeros."
    return triu(input, diagonal)

@names(torch.diff, Tensor.diff)
def diff(input, n=1, dim=-1, *, prepend=None, append=None):
    "The differences of neighbours along an axis, n times over."
    first = input if prepend is None else concatenate((prepend, input), dim)
    y = first if append is None else concatenate((first, append), dim)
    for i in range(n):
        rest = y.shape[dim] - 1
        y = y[portion(y.shape, dim, 1, rest)] - y[portion(y.shape, dim, 0, rest)]
    return y
"""
