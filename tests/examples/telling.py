"""The examples that are tried each time where all of them behave alike."""

TELLING = ("lesson13", "softmax_classifier", "embedding_bag", "rnn", "attention_head")
"""A regression, classes, rows of a table, a loop, attention."""
