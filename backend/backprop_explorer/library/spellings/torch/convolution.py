"""PyTorch's convolutions, and what is laid around tensors or taken out of them in windows."""

TABLE = """
F.conv1d, torch.conv1d = lambda input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1: (
    conv1d(input, weight, bias, stride, padding, dilation, groups))
F.conv2d, torch.conv2d = lambda input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1: (
    conv2d(input, weight, bias, stride, padding, dilation, groups))
F.conv3d, torch.conv3d = lambda input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1: (
    conv3d(input, weight, bias, stride, padding, dilation, groups))
F.conv_transpose1d, torch.conv_transpose1d = lambda input, weight, bias=None, stride=1, padding=0, output_padding=0, \\
    groups=1, dilation=1: conv_transpose1d(input, weight, bias, stride, padding, output_padding, groups, dilation)
F.conv_transpose2d, torch.conv_transpose2d = lambda input, weight, bias=None, stride=1, padding=0, output_padding=0, \\
    groups=1, dilation=1: conv_transpose2d(input, weight, bias, stride, padding, output_padding, groups, dilation)
F.conv_transpose3d, torch.conv_transpose3d = lambda input, weight, bias=None, stride=1, padding=0, output_padding=0, \\
    groups=1, dilation=1: conv_transpose3d(input, weight, bias, stride, padding, output_padding, groups, dilation)

@names(F.unfold)
def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    "Every window over the last two axes as a column."
    kernel = several(kernel_size, 2)
    edges = window_edges(input.shape, kernel, several(stride, 2), several(padding, 2), several(dilation, 2), False)
    each = windows(pad(input, edges) if edges else input, kernel, several(stride, 2), several(dilation, 2))
    return reshape(transpose(each, taken_apart(each.ndim, 2)), columns(each.shape))

@names(F.fold)
def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    "The mirror of unfold: what stands in the columns is added to the places that it was taken from."
    kernel = several(kernel_size, 2)
    around = several(padding, 2)
    shape = window_grid(input.shape, several(output_size, 2), kernel, several(stride, 2), around, several(dilation, 2))
    if not shape:
        return refuse("Columns that are not the windows of the output_size cannot be folded")
    each = transpose(reshape(input, shape), taken_apart(input.ndim + 3, 2))
    whole = fold(each, enclosing(input.shape, several(output_size, 2), kernel, around), kernel, several(stride, 2),
                 several(dilation, 2))
    return whole[inside(around)] if inside(around) else whole

@names(F.pad)
def pad(input, pad, mode="constant", value=None):
    "Widths for the last axis first; negative ones cut off."
    edges = edges_of(pad, input.ndim)
    if edges is None:
        return refuse("The widths of pad are pairs (before, after), those of the last axis first")
    if mode == "constant":
        cut = input[kept(edges)] if kept(edges) else input
        return padded(cut, added(edges), 0 if value is None else value) if added(edges) else cut
    y = input[kept(edges)] if kept(edges) and mode == "circular" else input
    for axis in range(input.ndim):
        before, after = edges[axis]
        if mode == "replicate":
            y = repeated_ends(y, axis, before, after)
        elif mode == "reflect" or mode == "circular":
            y = continued(y, axis, before, after, mode == "reflect")
        else:
            return refuse("A mode of pad is one of constant, reflect, replicate and circular")
    return y[kept(edges)] if kept(edges) and mode != "circular" else y
"""
