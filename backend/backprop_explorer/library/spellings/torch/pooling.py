"""PyTorch's poolings, and changes of size."""

TABLE = """
@names(F.max_pool1d, torch.max_pool1d)
def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    "The greatest element of every window; of equal ones the first gets the gradient. With return_indices a pair."
    return window_maxima(input, several(kernel_size, 1), stride, padding, dilation, ceil_mode, return_indices)

@names(F.max_pool2d, torch.max_pool2d)
def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    "The greatest element of every window; of equal ones the first gets the gradient. With return_indices a pair."
    return window_maxima(input, several(kernel_size, 2), stride, padding, dilation, ceil_mode, return_indices)

@names(F.max_pool3d, torch.max_pool3d)
def max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    "The greatest element of every window; of equal ones the first gets the gradient. With return_indices a pair."
    return window_maxima(input, several(kernel_size, 3), stride, padding, dilation, ceil_mode, return_indices)

@names(F.avg_pool1d, torch.avg_pool1d)
def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    "The mean of every window, with or without the zeros around."
    return window_means(input, several(kernel_size, 1), stride, padding, ceil_mode, count_include_pad)

@names(F.avg_pool2d)
def avg_pool2d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
               divisor_override=None):
    "The mean of every window, with or without the zeros around."
    return window_means(input, several(kernel_size, 2), stride, padding, ceil_mode, count_include_pad, divisor_override)

@names(F.avg_pool3d)
def avg_pool3d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
               divisor_override=None):
    "The mean of every window, with or without the zeros around."
    return window_means(input, several(kernel_size, 3), stride, padding, ceil_mode, count_include_pad, divisor_override)

@names(F.adaptive_avg_pool1d, torch.adaptive_avg_pool1d)
def adaptive_avg_pool1d(input, output_size):
    "The means of so many bins, which are of about one length."
    return bin_means(input, filled(output_size, input.shape, 1))

@names(F.adaptive_avg_pool2d)
def adaptive_avg_pool2d(input, output_size):
    "The means of so many bins, which are of about one length."
    return bin_means(input, filled(output_size, input.shape, 2))

@names(F.adaptive_avg_pool3d)
def adaptive_avg_pool3d(input, output_size):
    "The means of so many bins, which are of about one length."
    return bin_means(input, filled(output_size, input.shape, 3))

@names(F.adaptive_max_pool1d)
def adaptive_max_pool1d(input, output_size, return_indices=False):
    "The greatest elements of so many bins, which are of about one length."
    return bin_maxima(input, filled(output_size, input.shape, 1), return_indices)

@names(F.adaptive_max_pool2d)
def adaptive_max_pool2d(input, output_size, return_indices=False):
    "The greatest elements of so many bins, which are of about one length."
    return bin_maxima(input, filled(output_size, input.shape, 2), return_indices)

@names(F.adaptive_max_pool3d)
def adaptive_max_pool3d(input, output_size, return_indices=False):
    "The greatest elements of so many bins, which are of about one length."
    return bin_maxima(input, filled(output_size, input.shape, 3), return_indices)

@names(F.lp_pool1d)
def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    "Of every window the root of the sum of powers."
    return window_norms(input, norm_type, several(kernel_size, 1), stride, ceil_mode)

@names(F.lp_pool2d)
def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    "Of every window the root of the sum of powers."
    return window_norms(input, norm_type, several(kernel_size, 2), stride, ceil_mode)

@names(F.lp_pool3d)
def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    "Of every window the root of the sum of powers."
    return window_norms(input, norm_type, several(kernel_size, 3), stride, ceil_mode)

@names(F.interpolate)
def interpolate(input, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None,
                antialias=False):
    "The places (all axes from the third on) made more or fewer: the nearest one, or a mean of the neighbours."
    rank = input.ndim - 2
    nearest = mode == "nearest" or mode == "nearest-exact"
    linear = mode == "linear" or mode == "bilinear" or mode == "trilinear"
    if not (nearest or linear or mode == "bicubic" or mode == "area"):
        return refuse("A mode of interpolate is nearest, nearest-exact, linear, bilinear, trilinear, bicubic or area")
    if antialias:
        return refuse("What interpolate does with antialias=True is not part of the language")
    if (size is None) == (scale_factor is None):
        return refuse("interpolate takes either a size or a scale_factor, and not both")
    scales = None if scale_factor is None else several(scale_factor, rank)
    lengths = resized(input.shape, rank, None if size is None else several(size, rank), scales)
    if mode == "area":
        return bin_means(input, lengths)
    y = input
    for i in range(rank):
        scale = None if scales is None or recompute_scale_factor else scales[i]
        length = input.shape[i - rank]
        if nearest:
            matrix = picked(length, nearest_places(length, lengths[i], scale, mode == "nearest-exact"))
        else:
            matrix = curves(length, places_between(length, lengths[i], scale, align_corners), mode == "bicubic")
        y = along_axis(y, matrix, i - rank)
    return y

@names(F.pixel_shuffle, torch.pixel_shuffle)
def pixel_shuffle(input, upscale_factor):
    "Channels become the places of squares: fewer channels, more rows and columns."
    if left_over(input.shape[-3], upscale_factor ** 2):
        return refuse("A number of channels that the square of upscale_factor does not divide is not possible")
    return reshape(
        transpose(reshape(input, shuffled(input.shape, upscale_factor)), swapped_in(input.ndim - 3, (0, 3, 1, 4, 2))),
        scaled_up(input.shape, upscale_factor))

@names(F.pixel_unshuffle, torch.pixel_unshuffle)
def pixel_unshuffle(input, downscale_factor):
    "The places of squares become channels: more channels, fewer rows and columns."
    if left_over(input.shape[-1], downscale_factor) or left_over(input.shape[-2], downscale_factor):
        return refuse("Lengths that downscale_factor does not divide are not possible")
    return reshape(
        transpose(reshape(input, unshuffled(input.shape, downscale_factor)),
                  swapped_in(input.ndim - 3, (0, 2, 4, 1, 3))),
        scaled_down(input.shape, downscale_factor))

@names(F.channel_shuffle, torch.channel_shuffle)
def channel_shuffle(input, groups):
    "The channels of all groups by turns."
    if left_over(input.shape[1], groups):
        return refuse("A number of groups that does not divide the channels (axis 1) is not possible")
    apart = reshape(input, grouped(input.shape, groups))
    return reshape(transpose(apart, swapped_in(1, (1, 0), input.ndim - 2)), input.shape)
"""
