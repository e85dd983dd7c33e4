"""Data sets that come along: real numbers to train on, each with its source and licence."""

from backprop_explorer.data.dataset import DATASETS, Dataset, dataset

__all__ = ["DATASETS", "Dataset", "dataset"]
