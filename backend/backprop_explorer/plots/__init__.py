"""What plots show: numbers over the iterations, around a weight, and of a classifier; each with a sentence.

A plot is a record in one of the sibling modules, found by its type: a new plot is a new file.
"""

from backprop_explorer.plots.confusion import confusion
from backprop_explorer.plots.contour import contour
from backprop_explorer.plots.curve import loss_slice
from backprop_explorer.plots.histograms import histograms
from backprop_explorer.plots.limits import evenly
from backprop_explorer.plots.losses import losses
from backprop_explorer.plots.norms import norms
from backprop_explorer.plots.overview import PLOTS, PlotEntry, overview
from backprop_explorer.plots.path import weight_path
from backprop_explorer.plots.record import Options, Plot
from backprop_explorer.plots.steepest import steepest
from backprop_explorer.plots.surface import surface

__all__ = [
    "PLOTS",
    "Options",
    "Plot",
    "PlotEntry",
    "confusion",
    "contour",
    "evenly",
    "histograms",
    "loss_slice",
    "losses",
    "norms",
    "overview",
    "steepest",
    "surface",
    "weight_path",
]
