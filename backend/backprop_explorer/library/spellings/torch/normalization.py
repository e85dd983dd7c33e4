"""PyTorch's layers that mix features, look rows up, drop out and normalise."""

TABLE = """
F.linear = lambda input, weight, bias=None: linear(input, weight, bias, layout="out_in")
F.one_hot = lambda tensor, num_classes=-1: (
    refuse("The number of classes that one_hot finds in the labels is not part of the language",
           "say how many there are: F.one_hot(labels, 10)")
    if num_classes == -1 else one_hot(tensor, num_classes))

@names(F.bilinear, torch.bilinear)
def bilinear(input1, input2, weight, bias=None):
    "For each output a weighted sum of the products of all pairs of features."
    mixed = einsum("...i,oij,...j->...o", input1, weight, input2)
    return mixed if bias is None else mixed + bias

@names(F.embedding)
def embedding(input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False):
    "A row of the weights for each index; the row padding_idx gets no gradient."
    if max_norm is not None:
        return refuse("max_norm, which overwrites the weights, is not part of the language")
    if scale_grad_by_freq:
        return refuse("scale_grad_by_freq, which divides by how often a row is taken, is not part of the language")
    if padding_idx is None:
        return embedding(input, weight)
    fixed = arange(weight.shape[0])[:, None] == padding_idx % weight.shape[0]
    return embedding(input, where(fixed, detach(weight), weight))

@names(F.normalize)
def normalize(input, p=2.0, dim=1, eps=1e-12):
    "The vectors along an axis, divided by their length."
    return input / clip(norm_along(input, p, dim, True), min=eps)

@names(F.cosine_similarity, torch.cosine_similarity)
def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    "The cosine of the angle between the vectors along an axis."
    shape = common_shape(x1.shape, x2.shape)
    a = x1 if x1.shape == shape else broadcast_to(x1, shape)
    b = x2 if x2.shape == shape else broadcast_to(x2, shape)
    length_a = norm_along(a, 2, dim, True)
    length_b = norm_along(b, 2, dim, True)
    held_a = length_a + detach(clip(length_a, min=eps) - length_a)
    held_b = length_b + detach(clip(length_b, min=eps) - length_b)
    return sum((a / held_a) * (b / held_b), dim if a.ndim else None)

@names(F.pairwise_distance, torch.pairwise_distance)
def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    "The length of the differences along the last axis."
    return norm_along(x1 - x2 + eps, p, -1, keepdim)

@names(F.dropout, torch.dropout)
def dropout(input, p=0.5, training=True):
    return dropped(input, p, training, input.shape)

@names(F.dropout1d)
def dropout1d(input, p=0.5, training=True):
    return dropped(input, p, training, whole_channels(input.shape, 1))

@names(F.dropout2d)
def dropout2d(input, p=0.5, training=True):
    return dropped(input, p, training, whole_channels(input.shape, input.ndim - 2))

@names(F.dropout3d)
def dropout3d(input, p=0.5, training=True):
    return dropped(input, p, training, whole_channels(input.shape, 3))

@names(F.alpha_dropout, torch.alpha_dropout)
def alpha_dropout(input, p=0.5, training=False):
    "What is dropped is set to the lower end of selu; mean and variance stay."
    if not training or p == 0:
        return input
    if p == 1:
        return input * 0
    mask = random(input.shape) >= p
    scale = ((1.7580993408473766 ** 2 * p + 1) * (1 - p)) ** -0.5
    return scale * (where(mask, input, -1.7580993408473766) + 1.7580993408473766 * p)

@names(F.gumbel_softmax)
def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    return refuse("gumbel_softmax, which draws random numbers of its own, is not part of the language",
                  "write softmax((logits + noise) / tau, dim) with the noise as an input")

@names(F.layer_norm, torch.layer_norm)
def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    "Over the last axes, which normalized_shape names, mean 0 and variance 1; then scaled and shifted."
    if not is_ending(normalized_shape, input.shape):
        return refuse("A normalized_shape that is not the end of the tensor's shape is not possible")
    if input.ndim > 1 and rank_of(normalized_shape) == 1:
        return layer_norm(input, weight, bias, eps)
    n = standardize(input, last_axes(rank_of(normalized_shape)), eps)
    scaled = n if weight is None else n * weight
    return scaled if bias is None else scaled + bias

@names(F.rms_norm, torch.rms_norm)
def rms_norm(input, normalized_shape, weight=None, eps=None):
    "Over the last axes, which normalized_shape names, the root of the mean square is 1; then scaled."
    if not is_ending(normalized_shape, input.shape):
        return refuse("A normalized_shape that is not the end of the tensor's shape is not possible")
    n = input / rms(input, last_axes(rank_of(normalized_shape)), 2.0 ** -52 if eps is None else eps)
    return n if weight is None else n * weight

@names(F.batch_norm)
def batch_norm(input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    "By the statistics of the batch in training, else by the running ones, which have no gradient and stay as they are."
    if training:
        return batch_norm(input, weight, bias, eps)
    return by_channel(settled(input, running_mean, running_var, eps), weight, bias)

@names(F.group_norm, torch.group_norm)
def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    "Each sample's channels in groups: over each group and all its places mean 0 and variance 1."
    if left_over(input.shape[1], num_groups):
        return refuse("A number of groups that does not divide the channels (axis 1) is not possible")
    apart = reshape(input, grouped(input.shape, num_groups))
    n = standardize(apart, last_axes(input.ndim - 1), eps)
    return by_channel(reshape(n, input.shape), weight, bias)

@names(F.instance_norm)
def instance_norm(input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True,
                  momentum=0.1, eps=1e-5):
    "Each channel of each sample by itself: over all its places mean 0 and variance 1."
    if use_input_stats:
        return by_channel(standardize(input, last_axes(input.ndim - 2), eps), weight, bias)
    return by_channel(settled(input, running_mean, running_var, eps), weight, bias)

@names(F.local_response_norm)
def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    "Divided by a power of the mean square of the neighbouring channels, zeros beyond the first and last."
    order = backmost(input.ndim, 1)
    squares = pad(transpose(input ** 2, order), behind(input.ndim, size))
    means = transpose(sum(windows(squares, size), -1) / size, inverse(order))
    return input / (k + alpha * means) ** beta
"""
