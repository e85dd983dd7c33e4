"""Specifications of einsum for products along axes that are named otherwise, as static choices of program text. Plain
Python without imports, as `layouts`."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from backprop_explorer.language.layouts import places


def letter(number):
    """The letter of an axis, in einsum's order: A to Z, then a to z."""
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 52:
        raise ValueError(f"axes numbered from 0 to 51; got {number!r}")
    return chr(65 + number) if number < 26 else chr(71 + number)


def pairing(shape_a, shape_b, axes_a, axes_b, loose=False):
    """The specification of the sum of products over pairs of axes; the other axes of a come first. Pairs are equally
    long, or `loose`: one of them may have length 1."""
    a, b = places(axes_a, len(shape_a)), places(axes_b, len(shape_b))
    if len(a) != len(b):
        raise ValueError(f"as many axes of one as of the other; got {axes_a} and {axes_b}")
    left = [letter(26 + i) for i in range(len(shape_a))]
    right = [left[a[b.index(i)]] if i in b else letter(26 + len(shape_a) + i) for i in range(len(shape_b))]
    for one, other in zip(a, b, strict=True):
        if shape_a[one] != shape_b[other] and not (loose and 1 in (shape_a[one], shape_b[other])):
            raise ValueError(f"axes of equal length; got axis {one} of {shape_a} and axis {other} of {shape_b}")
    kept = [one for i, one in enumerate(left) if i not in a] + [one for i, one in enumerate(right) if i not in b]
    return f"{''.join(left)},{''.join(right)}->{''.join(kept)}"


def summed_axes(shape_a, shape_b, dims):
    """The axes of a and of b that tensordot sums over: a number of last and first ones, or a list for each."""
    if isinstance(dims, (tuple, list)):
        if len(dims) != 2:
            raise ValueError(f"a number of axes, or a list of axes for each of both; got {dims}")
        return tuple(tuple(axes) if isinstance(axes, (tuple, list)) else (axes,) for axes in dims)
    if isinstance(dims, bool) or not isinstance(dims, int) or not 0 <= dims <= len(shape_a) or dims > len(shape_b):
        raise ValueError(f"a number of axes that both have; got {dims!r} for {shape_a} and {shape_b}")
    return tuple(range(len(shape_a) - dims, len(shape_a))), tuple(range(dims))


def interleaved(shape_a, shape_b):
    """Three shapes for kron: of a and of b with the axes of the other as 1 between, and of the result."""
    rank = len(shape_a) if len(shape_a) > len(shape_b) else len(shape_b)
    a = (1,) * (rank - len(shape_a)) + tuple(shape_a)
    b = (1,) * (rank - len(shape_b)) + tuple(shape_b)
    wide = tuple(one for length in a for one in (length, 1))
    fine = tuple(one for length in b for one in (1, length))
    return wide, fine, tuple(one * other for one, other in zip(a, b, strict=True))


def spelled_out(arguments):
    """The specification and the operands of a call of einsum, which may give lists of axis numbers in turn."""
    if arguments and isinstance(arguments[0], str):
        rest = arguments[1:]
        single = len(rest) == 1 and isinstance(rest[0], (tuple, list))
        return arguments[0], tuple(rest[0]) if single else tuple(rest)
    terms = tuple(arguments[1::2])
    if len(arguments) < 2 or any_other(terms):
        raise ValueError('a specification in quotes first, such as "ij,jk->ik", or a list of axes after each operand')
    operands = tuple(arguments[0 : 2 * (len(arguments) // 2) : 2])
    texts = ["".join("..." if axis is ... else letter(axis) for axis in term) for term in terms]
    result = arguments[-1] if len(arguments) % 2 else None
    arrow = "" if result is None else "->" + "".join("..." if axis is ... else letter(axis) for axis in result)
    return ",".join(texts) + arrow, operands


def any_other(terms):
    """Whether one of the terms is no list."""
    return len([term for term in terms if not isinstance(term, (tuple, list))]) > 0


def written_out(spec, shapes):
    """A specification with its dots as letters and its result written out: the terms as a tuple, and the result."""
    text = spec.replace(" ", "")
    inputs, arrow, output = text.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(shapes):
        raise ValueError(f"as many operands as its specification has terms ({len(terms)}); got {len(shapes)}")
    spare = [letter(51 - i) for i in range(52) if letter(51 - i) not in text]
    rank = 0
    for term, shape in zip(terms, shapes, strict=True):
        more = len(shape) - len(term.replace("...", ""))
        if more < 0 or (more and "..." not in term):
            raise ValueError(f"a letter per axis; got {term!r} for the shape {tuple(shape)}")
        rank = more if "..." in term and more > rank else rank
    if rank > len(spare):
        raise ValueError("at most 52 different axes")
    dots = "".join(spare[:rank][::-1])
    full = []
    for term, shape in zip(terms, shapes, strict=True):
        more = len(shape) - len(term.replace("...", ""))
        full.append(term.replace("...", dots[rank - more :]))
    every = "".join(full)
    if not (every + output.replace("...", "")).isalpha() and every + output.replace("...", ""):
        raise ValueError(f"a specification of letters, commas, dots and one arrow; got {spec[:60]!r}")
    once = "".join(sorted(one for one in set(every) - set(dots) if every.count(one) == 1))
    return tuple(full), output.replace("...", dots) if arrow else dots + once


def twice(term):
    """The two places of the first letter that a term repeats; None where it repeats none."""
    for i, one in enumerate(term):
        if one in term[i + 1 :]:
            return i, term.index(one, i + 1)
    return None


def without_repeats(term):
    """The term of a tensor after the diagonals of its repeated letters were taken, each of which moves to the end."""
    if twice(term) is None:
        return term
    return without_repeats(once_less(term))


def diagonal_shape(term, shape):
    """The shape of a tensor after the diagonals of its repeated letters were taken."""
    found = twice(term)
    if found is None:
        return tuple(shape)
    i, j = found
    if shape[i] != shape[j]:
        raise ValueError(f"the axes called {term[i]} to be equally long; got {shape[i]} and {shape[j]}")
    rest = tuple(length for k, length in enumerate(shape) if k not in (i, j))
    return diagonal_shape(once_less(term), (*rest, shape[i]))


def plain_einsum(spec, shapes):
    """The specification that is left for einsum, and per operand its term as written and the shape that it is brought
    to: diagonals taken, and axes of length 1 dropped that are stretched by others of their letter."""
    terms, output = written_out(spec, shapes)
    flat = [without_repeats(term) for term in terms]
    lengths = [diagonal_shape(term, shape) for term, shape in zip(terms, shapes, strict=True)]
    long = {one for term, shape in zip(flat, lengths, strict=True) for one, n in zip(term, shape, strict=True) if n > 1}
    kept = [
        [(one, n) for one, n in zip(term, shape, strict=True) if n > 1 or one not in long]
        for term, shape in zip(flat, lengths, strict=True)
    ]
    left = ",".join("".join(one for one, _ in pairs) for pairs in kept)
    return f"{left}->{output}", terms, tuple(tuple(n for _, n in pairs) for pairs in kept)


def once_less(term):
    """The term after the diagonal of its first repeated letter was taken, which moves to the end."""
    i, j = twice(term)
    return term[:i] + term[i + 1 : j] + term[j + 1 :] + term[i]


def first_of(shape, length):
    """The first axis of that length."""
    if length not in shape:
        raise ValueError(f"an axis of length {length}; got the shape {tuple(shape)}")
    return shape.index(length)


def axis_count(x):
    """The number of axes; a number has none."""
    return len(getattr(x, "shape", ()))


def axes_meant(ndim, axes):
    """How many axes a norm goes along."""
    if axes is None:
        if ndim > 2:
            raise ValueError(f"axes, since only vectors and matrices go without; got {ndim} axes")
        return ndim
    return len(axes) if isinstance(axes, (tuple, list)) else 1


def magnitude(n):
    """A whole number without its sign."""
    if isinstance(n, bool) or not isinstance(n, int):
        raise ValueError(f"a whole number that is known before the program runs; got {n!r}")
    return -n if n < 0 else n


def infinite():
    """More than any number."""
    return 1e400


CONTRACTIONS = (
    any_other, axes_meant, axis_count, diagonal_shape, first_of, infinite, interleaved, letter, magnitude,
    once_less, pairing, plain_einsum, spelled_out, summed_axes, twice, without_repeats, written_out,
)  # fmt: skip
"""All of these functions."""
