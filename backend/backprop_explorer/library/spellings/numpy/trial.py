"""x"""
TABLE = """
np.exp = lambda x: exp(x)
np.square = lambda x: x ** 2
ndarray.max = lambda x, axis=None, keepdims=False: max(x, axis, keepdims)
"""
