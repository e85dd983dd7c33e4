"""Functions of shapes in composites. Plain Python without imports: a script of an iteration takes them along."""


def alone(ndim, axis):  # type: ignore[no-untyped-def]
    """The shape in which a vector lies along an axis of a tensor of so many axes."""
    return tuple(-1 if i == axis % ndim else 1 for i in range(ndim))


def around(padding, kernel, dilation, ndim):  # type: ignore[no-untyped-def]
    """Widths for pad over the last axes, as a convolution means them; nothing where there is nothing to pad."""
    rank = len(kernel)
    gaps = dilation if isinstance(dilation, tuple) else (dilation,) * rank
    if padding == "same":
        total = [gap * (length - 1) for gap, length in zip(gaps, kernel, strict=True)]
        widths = tuple((edge // 2, edge - edge // 2) for edge in total)
    else:
        edges = 0 if padding == "valid" else padding
        widths = tuple((edge, edge) for edge in (edges if isinstance(edges, tuple) else (edges,) * rank))
    return ((0, 0),) * (ndim - rank) + widths if any(map(any, widths)) else ()


def divided(shape, axis, parts):  # type: ignore[no-untyped-def]
    """The shape with an axis taken apart into so many parts."""
    at = axis % len(shape)
    return (*shape[:at], parts, shape[at] // parts, *shape[at + 1 :])


def joined(shape, axis):  # type: ignore[no-untyped-def]
    """The shape with an axis and the one behind it as one."""
    at = axis % len(shape)
    return (*shape[:at], shape[at] * shape[at + 1], *shape[at + 2 :])


def contraction(spec, batch, group):  # type: ignore[no-untyped-def]
    """An einsum of windows and a kernel, with a letter for the batch and for groups where there are any."""
    terms, _, result = spec.partition("->")
    windows, kernel = terms.split(",")
    return f"{batch}{group}{windows},{group}{kernel}->{batch}{group}{result}"


def freedom(unbiased, correction):  # type: ignore[no-untyped-def]
    """What is taken from the number of elements in a variance, as PyTorch's two options say it."""
    if unbiased is None:
        return 1 if correction is None else correction
    return 1 if unbiased else 0


def pair(given):  # type: ignore[no-untyped-def]
    """One number for two axes, or one for each."""
    return given if isinstance(given, tuple) else (given, given)


def others(ndim, axis):  # type: ignore[no-untyped-def]
    """All axes but one; a single one as a number."""
    axes = tuple(i for i in range(ndim) if i != axis)
    return axes[0] if len(axes) == 1 else axes


def channelwise(ndim):  # type: ignore[no-untyped-def]
    """The shape in which a number per channel (axis 1) meets a tensor of so many axes; a single number a scalar."""
    return (-1, *(1,) * (ndim - 2)) if ndim else ()


def exchanged(ndim, axis):  # type: ignore[no-untyped-def]
    """The axes with one of them and the last in each other's place."""
    order, at = list(range(ndim)), axis % ndim
    order[at], order[-1] = order[-1], order[at]
    return tuple(order)


def flattened(shape, start, end):  # type: ignore[no-untyped-def]
    """The shape with the axes from start to end as one."""
    first, last = start % len(shape), end % len(shape)
    length = 1
    for one in shape[first : last + 1]:
        length *= one
    return (*shape[:first], length, *shape[last + 1 :])
