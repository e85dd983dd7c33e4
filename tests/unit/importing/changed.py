"""Files as they come out of a bad disk or a hostile hand."""

from __future__ import annotations

from hypothesis import strategies as st


@st.composite
def changed(draw: st.DrawFn, file: bytes, most: int = 6) -> bytes:
    """The file with one to `most` changes: a byte set, bytes added or removed, the end cut off."""
    written = bytearray(file)
    for _ in range(draw(st.integers(1, most))):
        place = draw(st.integers(0, max(0, len(written) - 1)))
        change = draw(st.sampled_from(["set", "cut", "insert", "remove"]))
        if change == "set" and written:
            written[place] = draw(st.integers(0, 255))
        elif change == "cut":
            del written[place:]
        elif change == "insert":
            written[place:place] = draw(st.binary(max_size=8))
        else:
            del written[place : place + 3]
    return bytes(written)


@st.composite
def replaced(draw: st.DrawFn, file: bytes, most: int = 5) -> bytes:
    """The file with one to `most` short pieces replaced by others: its end stays, so that much is read of it."""
    written = bytearray(file)
    for _ in range(draw(st.integers(1, most))):
        place = draw(st.integers(0, max(0, len(written) - 1)))
        written[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(written)
