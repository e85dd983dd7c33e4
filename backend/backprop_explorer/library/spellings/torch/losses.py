"""PyTorch's losses. `ignore_index` is None where nobody says which labels count as none: PyTorch's is -100."""

TABLE = """
@names(F.mse_loss)
def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    by = current(reduction, size_average, reduce)
    return mse(input, target, by) if weight is None else weighted((input - target) ** 2, weight, by)

@names(F.l1_loss)
def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    by = current(reduction, size_average, reduce)
    return weighted(abs(input - target), weight, by)

@names(F.smooth_l1_loss)
def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    "Half the square, over beta, of small differences; the size of large ones."
    by = current(reduction, size_average, reduce)
    d = abs(input - target)
    return reduced(d if beta == 0 else where(d < beta, 0.5 * d ** 2 / beta, d - 0.5 * beta), by)

@names(F.huber_loss)
def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    "Half the square of small differences; delta times the size of large ones."
    d = abs(input - target)
    each = where(d <= delta, 0.5 * d ** 2, delta * (d - 0.5 * delta))
    return reduced(each if weight is None else each * weight, reduction)

@names(F.kl_div)
def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    "How far the distribution target is from that whose logarithms are the input."
    by = current(reduction, size_average, reduce)
    if log_target:
        each = exp(target) * (target - input)
    else:
        each = xlogx(target) - target * input
    return sum(each) / each.shape[0] if by == "batchmean" and each.ndim > 0 else reduced(each, by)

@names(F.nll_loss)
def nll_loss(input, target, weight=None, size_average=None, ignore_index=None, reduce=None, reduction="mean"):
    "Minus the logarithm of the probability that the right class was given; classes are axis 1."
    by = current(reduction, size_average, reduce)
    return labelled(class_last(input), target, weight, ignore_index, by)

@names(F.cross_entropy)
def cross_entropy(input, target, weight=None, size_average=None, ignore_index=None, reduce=None, reduction="mean",
                  label_smoothing=0.0):
    "How surprised the softmax of the scores is by the right classes, or by their probabilities; classes are axis 1."
    by = current(reduction, size_average, reduce)
    scores = class_last(input)
    if target.shape == input.shape:
        if ignore_index is not None and ignore_index >= 0:
            return refuse("An ignore_index where the target holds probabilities is not possible")
        truth = class_last(target)
        smooth = truth if label_smoothing == 0 else truth * (1 - label_smoothing) + label_smoothing / scores.shape[-1]
        each = log_softmax(scores) * smooth
        total = -sum(each if weight is None else each * weight, -1)
        return reduced(total, by)
    if label_smoothing == 0 and weight is None and ignore_index is None and scores.ndim < 3:
        return cross_entropy(scores, target, by)
    return labelled(log_softmax(scores), target, weight, ignore_index, by, label_smoothing)

@names(F.binary_cross_entropy)
def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    by = current(reduction, size_average, reduce)
    if weight is None:
        return binary_cross_entropy(input, target, by)
    return reduced(binary_cross_entropy(input, target, "none") * weight, by)

@names(F.binary_cross_entropy_with_logits)
def binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction="mean",
                                     pos_weight=None):
    "The cross-entropy of yes-or-no answers, from scores before the sigmoid."
    by = current(reduction, size_average, reduce)
    if weight is None and pos_weight is None:
        return binary_cross_entropy_with_logits(input, target, by)
    if pos_weight is None:
        each = softplus(input) - input * target
    else:
        each = (1 - target) * input + ((pos_weight - 1) * target + 1) * softplus(-input)
    return reduced(each if weight is None else each * weight, by)

@names(F.gaussian_nll_loss)
def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    "Minus the log-density of the target by a normal distribution; the variance is at least eps."
    v = one_shape(var, input)
    held = v + detach(clip(v, min=eps) - v)
    each = 0.5 * (log(held) + (input - target) ** 2 / held)
    return reduced(each + 0.5 * log(2 * np.pi) if full else each, reduction)

@names(F.poisson_nll_loss)
def poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None,
                     reduction="mean"):
    "Minus the log-probability of a count; with full Stirling's approximation of its factorial, too."
    by = current(reduction, size_average, reduce)
    each = exp(input) - target * input if log_input else input - target * log(input + eps)
    if not full:
        return reduced(each, by)
    counts = where(target > 1, target, 1)
    stirling = counts * log(counts) - counts + 0.5 * log(2 * np.pi * counts)
    return reduced(each + where(target > 1, stirling, 0), by)

@names(F.hinge_embedding_loss, torch.hinge_embedding_loss)
def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"):
    "The distance of pairs that belong together (1); what others (-1) lack of the margin."
    by = current(reduction, size_average, reduce)
    return reduced(where(target != 1, relu(margin - input), 0) + where(target != -1, input, 0), by)

@names(F.margin_ranking_loss, torch.margin_ranking_loss)
def margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    "What the first score lacks of being higher (1), or lower (-1), by the margin."
    by = current(reduction, size_average, reduce)
    return reduced(relu(margin - target * (input1 - input2)), by)

@names(F.cosine_embedding_loss, torch.cosine_embedding_loss)
def cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    "1 less the cosine of pairs that belong together (1); what the cosine of others (-1) is above the margin."
    by = current(reduction, size_average, reduce)
    axis = -1 if input1.ndim == 1 else 1
    lengths = sqrt((sum(input1 ** 2, axis) + 1e-12) * (sum(input2 ** 2, axis) + 1e-12))
    cosine = sum(input1 * input2, axis) / lengths
    return reduced(where(target == 1, 1 - cosine, 0) + where(target == -1, relu(cosine - margin), 0), by)

@names(F.triplet_margin_loss, torch.triplet_margin_loss)
def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, size_average=None,
                        reduce=None, reduction="mean"):
    "What the negative lacks of being farther from the anchor than the positive, by the margin."
    by = current(reduction, size_average, reduce)
    near = norm_along(anchor - positive + eps, p, -1)
    far = norm_along(anchor - negative + eps, p, -1)
    least = minimum(far, norm_along(positive - negative + eps, p, -1)) if swap else far
    return reduced(relu(margin + near - least), by)

@names(F.triplet_margin_with_distance_loss)
def triplet_margin_with_distance_loss(anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False,
                                      reduction="mean"):
    "What the negative lacks of being farther from the anchor than the positive, by the margin."
    if distance_function is not None:
        return refuse("A distance_function of one's own is not part of the language here", "write the loss out")
    near = norm_along(anchor - positive + 1e-6, 2, -1)
    far = norm_along(anchor - negative + 1e-6, 2, -1)
    least = minimum(far, norm_along(positive - negative + 1e-6, 2, -1)) if swap else far
    return reduced(relu(margin + near - least), reduction)

@names(F.multi_margin_loss)
def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"):
    "What the right class's score lacks of being higher than each other by the margin, summed, over their number."
    by = current(reduction, size_average, reduce)
    if p != 1 and p != 2:
        return refuse("multi_margin_loss has a power p of 1 or 2")
    scores = rows_of(input)
    right = one_hot(rows_of_labels(target, input.ndim), scores.shape[-1])
    chosen = sum(where(right, scores, 0), -1, True)
    lacks = relu(margin - chosen + scores) * (1 - right)
    each = lacks if p == 1 else lacks ** 2
    total = sum(each if weight is None else each * sum(right * weight, -1, True), -1) / scores.shape[-1]
    return reduced(total if input.ndim == 2 else total[0], by)

@names(F.multilabel_margin_loss)
def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    "What each right class's score lacks of being 1 higher than each wrong one's; labels end at the first -1."
    by = current(reduction, size_average, reduce)
    listed = one_hot(target, input.shape[-1], -1) * (cumsum(float(target < 0), -1) == 0)[..., None]
    right = max(listed, -2)
    chosen = listed @ input[..., None]
    lacks = relu(1 - chosen + input[..., None, :]) * sum(listed, -1, True) * (1 - right)[..., None, :]
    return reduced(sum(lacks, (-2, -1)) / input.shape[-1], by)

@names(F.multilabel_soft_margin_loss)
def multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    "The cross-entropy of yes-or-no answers for every class, the mean over classes."
    by = current(reduction, size_average, reduce)
    each = softplus(input) - input * target
    return reduced(mean(each if weight is None else each * weight, -1), by)

@names(F.soft_margin_loss)
def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    by = current(reduction, size_average, reduce)
    return reduced(softplus(-target * input), by)
"""
