"""Where numbers that are not finite come from: the operations that made them, why, and what to write instead."""

from backprop_explorer.engine.births.births import ancestry, births, first_place, sentences, settled

__all__ = ["ancestry", "births", "first_place", "sentences", "settled"]
