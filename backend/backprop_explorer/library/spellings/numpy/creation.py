"""NumPy's words for arrays that are made of numbers in the program, and for other kinds of numbers."""

TABLE = """
@names(np.array, np.asarray, np.asanyarray, np.ascontiguousarray)
def array(object, dtype=None, *, ndmin=0):
    "The numbers of the program as an array; an array stays what it is."
    return raised_in_front(arranged(object, asked((), dtype)), ndmin)

np.zeros = lambda shape, dtype=None: made_of(shape, 0, asked((), dtype))

np.ones = lambda shape, dtype=None: made_of(shape, 1, asked((), dtype))

@names(np.full)
def full(shape, fill_value, dtype=None):
    return made_of(shape, fill_value, asked((), dtype, fill_value))

np.zeros_like = lambda a, dtype=None, *, shape=None: made_of(a.shape if shape is None else shape, 0, asked((a,), dtype))

np.ones_like = lambda a, dtype=None, *, shape=None: made_of(a.shape if shape is None else shape, 1, asked((a,), dtype))

@names(np.full_like)
def full_like(a, fill_value, dtype=None, *, shape=None):
    return made_of(a.shape if shape is None else shape, fill_value, asked((a,), dtype))

@names(np.eye)
def eye(N, M=None, k=0, dtype=None):
    "Ones on the k-th diagonal, zeros elsewhere."
    return cast(
        eye(N) if (M is None or M == N) and k == 0
        else float(shifted(arange(N)[:, None], k) == arange(N if M is None else M)),
        asked((), dtype),
    )

np.identity = lambda n, dtype=None: cast(eye(n), asked((), dtype))

@names(np.tri)
def tri(N, M=None, k=0, dtype=None):
    "Ones on and below the k-th diagonal, zeros elsewhere."
    return cast(float(shifted(arange(N)[:, None], k) >= arange(N if M is None else M)), asked((), dtype))

@names(np.arange)
def arange(start, stop=None, step=1, dtype=None):
    "The numbers from start up to, and without, stop."
    return sequence(0 if stop is None else start, start if stop is None else stop, step, asked((), dtype))

@names(np.linspace)
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    "So many numbers at equal distances, from start to stop, or up to it."
    parts = num if not endpoint else num - 1 if num > 1 else 1
    first = between(start, stop, num, parts)
    found = first if axis == 0 else transpose(first, moved(first.ndim, 0, axis))
    return (found, (stop - start) / parts) if retstep else found

@names(np.logspace)
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    "The powers of the base whose exponents are at equal distances, from start to stop."
    first = base ** between(start, stop, num, num if not endpoint else num - 1 if num > 1 else 1)
    return first if axis == 0 else transpose(first, moved(first.ndim, 0, axis))

@names(np.tril_indices)
def tril_indices(n, k=0, m=None):
    "The rows and the columns of a lower triangle's elements."
    columns = n if m is None else m
    places = triangle(n, room(n * columns, columns), k, False)
    return (array(places[0]), array(places[1]))

@names(np.triu_indices)
def triu_indices(n, k=0, m=None):
    "The rows and the columns of an upper triangle's elements."
    columns = n if m is None else m
    places = triangle(n, room(n * columns, columns), k, True)
    return (array(places[0]), array(places[1]))

@names(np.diag_indices)
def diag_indices(n, ndim=2):
    "The places of a diagonal's elements in each of so many axes."
    return [arange(n) for i in range(ndim)]

@names(np.vander)
def vander(x, N=None, increasing=False):
    "The powers of each element, one behind the other."
    n = x.shape[0] if N is None else N
    return expand_dims(x, -1) ** (arange(n) if increasing else arange(n - 1, -1, -1))

@names(ndarray.astype, np.astype)
def astype(x, dtype, *, casting="unsafe", subok=True):
    "The numbers as another kind. The document says how exact floating-point ones are."
    return cast(x, asked((), dtype))

np.copy, ndarray.copy = lambda a: copy(a)

@names(np.empty)
def empty(shape, dtype=None):
    return refuse("np.empty holds whatever was in memory", "use np.zeros")

@names(np.empty_like)
def empty_like(prototype, dtype=None, *, shape=None):
    return refuse("np.empty_like holds whatever was in memory", "use np.zeros_like")

@names(np.random.randn, np.random.rand, np.random.random, np.random.normal, np.random.uniform, np.random.randint,
       np.random.standard_normal, np.random.random_sample, np.random.permutation, np.random.choice)
def randn(*shape, size=None, loc=None, scale=None, low=None, high=None, dtype=None, replace=None, p=None):
    return refuse("Random numbers of NumPy's", "make it an input of the document, or random((3, 2)) draws new ones")
"""
