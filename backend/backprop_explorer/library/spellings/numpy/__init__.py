"""NumPy's words."""
