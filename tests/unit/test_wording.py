"""Numbers, counts and lists in sentences."""

from backprop_explorer.wording import counted, listed, percent, short
from tests.together import each


@each(
    ("share", "text"),
    [(0, "0\u00a0%"), (0.5, "50\u00a0%"), (0.8333, "83.3\u00a0%"), (1e-7, "less than 0.001\u00a0%"),
     (0.9995, "more than 99.9\u00a0%"), (1, "100\u00a0%")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_nothing_or_to_all(share: float, text: str) -> None:
    assert percent(share) == text


def test_counts_and_lists() -> None:
    assert (counted(1, "term"), counted(2000, "term")) == ("1 term", "2,000 terms")
    assert (listed([]), listed(["a"]), listed(["a", "b"]), listed("abc")) == ("", "a", "a and b", "a, b and c")
    assert listed(["x" * 99, *"abcdefg"], most=3) == f"{'x' * 60}, a, b and 5 more"
    assert (short(-0.00012345), short(float("-inf"))) == ("\u22120.000123", "\u2212∞")
