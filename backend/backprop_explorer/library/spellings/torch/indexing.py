"""PyTorch's words for elements that are taken out of tensors, put into them, or sorted."""

TABLE = """
torch.narrow, Tensor.narrow = lambda input, dim, start, length: input[portion(input.shape, dim, start, length)]

torch.select, Tensor.select = lambda input, dim, index: input[along(input.ndim, dim, index)]

@names(torch.diagonal, Tensor.diagonal)
def diagonal(input, offset=0, dim1=0, dim2=1):
    "The diagonal of two axes, as the last axis."
    return banded(input, offset, dim1, dim2)

@names(torch.linalg.diagonal)
def linalg_diagonal(A, *, offset=0, dim1=-2, dim2=-1):
    "The diagonal of two axes, as the last axis."
    return banded(A, offset, dim1, dim2)

@names(torch.diag, Tensor.diag)
def diag(input, diagonal=0):
    "The diagonal of a matrix, or the matrix of zeros that has a vector as its diagonal."
    return (
        diagonal_matrix(input, diagonal) if input.ndim == 1 else banded(input, diagonal) if input.ndim == 2
        else refuse("torch.diag takes a vector or a matrix", "use torch.diagonal or torch.diag_embed for more axes")
    )

@names(torch.diag_embed, Tensor.diag_embed)
def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    "Matrices of zeros that have the last axis as their diagonal."
    return diagonal_matrix(input, offset, dim1, dim2)

@names(torch.diagflat, Tensor.diagflat)
def diagflat(input, offset=0):
    "The matrix of zeros that has all elements as its diagonal."
    return diagonal_matrix(reshape(input, (-1,)), offset)

@names(torch.take, Tensor.take)
def take(input, index):
    "Elements at places that are counted through all axes."
    return gather(reshape(input, (-1,)), wrapped(index, input.size))

@names(torch.take_along_dim, Tensor.take_along_dim)
def take_along_dim(input, indices, dim=None):
    "Along an axis, the elements that each line's own indices name; without an axis, of all elements in a row."
    return (
        gather(reshape(input, (-1,)), reshape(indices, (-1,))) if dim is None
        else take_along_axis(input, indices, dim)
    )

@names(torch.gather, Tensor.gather)
def gather(input, dim, index, *, sparse_grad=False):
    "Along an axis, the elements that each line's own index names."
    lines, places_named = lifted_to(input, 1), lifted_to(index, 1)
    first = leading(lines, places_named, place(dim, lines.ndim))
    return collapsed(take_along_axis(first, places_named, dim), index.shape)

@names(torch.scatter_add, Tensor.scatter_add)
def scatter_add(input, dim, index, src):
    "Along an axis, each element of src added to the place that its index names."
    lines, places_named = lifted_to(input, 1), lifted_to(index, 1)
    added_up = add_along_axis(leading(lifted_to(src, 1), places_named), places_named, lines.shape, dim)
    return input + collapsed(added_up, input.shape)

@names(torch.scatter, Tensor.scatter)
def scatter(input, dim, index, src=None, *, value=None, reduce=None):
    '''Along an axis, the elements of src, or one number, in the places that the index names. Of several for one place
    the last stays; as in PyTorch, all of them get its gradient.'''
    given = value if src is None else src
    if reduce is not None:
        return refuse("torch.scatter with reduce", "use torch.scatter_add for a sum")
    lines, places_named = lifted_to(input, 1), lifted_to(index, 1)
    hit = add_along_axis(ones(places_named.shape), places_named, lines.shape, dim) > 0
    if not is_tensor(given) or (given.ndim == 0 and input.ndim > 0):
        return collapsed(where(hit, given, lines), input.shape)
    sent = leading(lifted_to(given, 1), places_named)
    final = where(is_last(places_named, dim), sent, sent - detach(sent))
    return collapsed(where(hit, add_along_axis(final, places_named, lines.shape, dim), lines), input.shape)

@names(torch.index_select, Tensor.index_select)
def index_select(input, dim, index):
    "Along an axis, the elements at the places that the index names."
    return (
        input if input.ndim == 0
        else taken(input, reshape(index, (-1,)) if index.ndim == 0 else index, dim)
    )

@names(torch.index_add, Tensor.index_add)
def index_add(input, dim, index, source, *, alpha=1):
    "Along an axis, alpha times each slice of source added to the place that its index names."
    lines = lifted_to(input, 1)
    added_up = put(lifted_to(source, 1), lifted_to(index, 1), lines.shape, dim)
    return input + rescaled(collapsed(added_up, input.shape), alpha)

@names(torch.index_copy, Tensor.index_copy)
def index_copy(input, dim, index, source):
    '''Along an axis, the slices of source in the places that the index names. Of several for one place the last stays;
    as in PyTorch, all of them get its gradient.'''
    lines, rows, slices = lifted_to(input, 1), lifted_to(index, 1), lifted_to(source, 1)
    hit = put(ones(slices.shape), rows, lines.shape, dim) > 0
    final = where(reshape(is_last(rows), channel(slices.shape, dim)), slices, slices - detach(slices))
    return collapsed(where(hit, put(final, rows, lines.shape, dim), lines), input.shape)

@names(torch.index_fill, Tensor.index_fill)
def index_fill(input, dim, index, value):
    "Along an axis, one number in all places that the index names."
    lines = lifted_to(input, 1)
    hit = sum(one_hot(lifted_to(index, 1), lines.shape[place(dim, lines.ndim)]), 0) > 0
    return collapsed(where(reshape(hit, channel(lines.shape, dim)), value, lines), input.shape)

@names(torch.masked_fill, Tensor.masked_fill)
def masked_fill(input, mask, value):
    "The value where the mask holds, else the input."
    return where(mask, value, input)

@names(torch.where)
def where(condition, input=None, other=None):
    "The input where the condition holds, else the other."
    return (
        refuse(
            "torch.where of a condition alone gives indices whose number depends on the numbers",
            "give it two tensors: torch.where(condition, a, b)",
        ) if input is None or other is None else where(condition, input, other)
    )

@names(torch.masked_select, Tensor.masked_select)
def masked_select(input, mask):
    return refuse("The shape of torch.masked_select depends on the numbers", "multiply by the mask, or use torch.where")

@names(Tensor.where)
def where_method(input, condition, other):
    "The input where the condition holds, else the other."
    return where(condition, input, other)

@names(Tensor.unfold)
def unfold(input, dimension, size, step):
    "Windows along an axis, with their elements as a new last axis."
    if input.ndim == 0:
        return reshape(input, (1,)) if size == 1 else refuse("Windows over more than a number")
    axis = place(dimension, input.ndim)
    last = moved(input.ndim, axis, -1)
    return transpose(windows(transpose(input, last), size, stride=step), moved(input.ndim + 1, -2, axis))

@names(torch.argsort, Tensor.argsort)
def argsort(input, dim=-1, descending=False, stable=False):
    "The places of the elements in their order; equal ones keep theirs."
    return ordered_places(input, dim, descending)

@names(torch.sort, Tensor.sort)
def sort(input, dim=-1, descending=False, stable=False):
    "The elements in their order, and where they stood; equal ones keep theirs."
    order = ordered_places(input, dim, descending)
    return fields(values=take_along_axis(input, order, dim), indices=order)

torch.msort, Tensor.msort = lambda input: take_along_axis(input, argsort(input, 0), 0)

@names(torch.topk, Tensor.topk)
def topk(input, k, dim=-1, largest=True, sorted=True):
    "The k greatest elements along an axis, or the smallest, in order, and where they stand."
    order = ordered_places(input, dim, largest)
    chosen = order if input.ndim == 0 else order[portion(input.shape, dim, 0, k)]
    return fields(values=take_along_axis(input, chosen, dim), indices=chosen)

@names(torch.kthvalue, Tensor.kthvalue)
def kthvalue(input, k, dim=-1, keepdim=False):
    "The k-th smallest element along an axis, and where it stands."
    order = argsort(input, dim)
    chosen = order if input.ndim == 0 else order[portion(input.shape, dim, k - 1, 1)]
    values = take_along_axis(input, chosen, dim)
    return fields(
        values=values if keepdim or input.ndim == 0 else squeeze(values, dim),
        indices=chosen if keepdim or input.ndim == 0 else squeeze(chosen, dim),
    )

@names(torch.nonzero, Tensor.nonzero, torch.argwhere, Tensor.argwhere)
def nonzero(input, *, as_tuple=False):
    return refuse("The shape of torch.nonzero depends on the numbers", "multiply by the mask, or use torch.where")

@names(torch.searchsorted)
def searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None):
    return refuse("torch.searchsorted", "count with a comparison: (sequence < input[:, None]).sum(-1)")

@names(torch.bucketize)
def bucketize(input, boundaries, *, out_int32=False, right=False):
    return refuse("torch.bucketize", "count with a comparison: (boundaries < input[:, None]).sum(-1)")

@names(torch.unique, Tensor.unique)
def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    return refuse("The shape of torch.unique depends on the numbers", "compare with each of the values that there are")
"""
