"""How much is tried of what never ends: a little each time, much under `pytest --long`."""

LONG = False
"""Set from the option before any module of tests is read."""


def count(little: int, much: int) -> int:
    """How often to try something: `little` by default, `much` under --long."""
    return much if LONG else little
