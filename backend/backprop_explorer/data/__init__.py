"""Data sets that come along: numbers to train on, each with its source and licence."""

from backprop_explorer.data.dataset import DATASETS, DatasetEntry, dataset, dataset_named, listing
from backprop_explorer.data.record import Choice, Dataset, Field

__all__ = ["DATASETS", "Choice", "Dataset", "DatasetEntry", "Field", "dataset", "dataset_named", "listing"]
