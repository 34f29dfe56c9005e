"""Digits with their true labels and with random ones, learnt by a network with one wide layer of filters.

The measurement is this course's own; that networks fit random labels is Zhang et al. (2017). Rows, members and arrays are those of
`wide_training`: 300 images a member, drawn from the handwritten digits, 20 softplus units after the wide layer, 10 outputs.

A loss below 1/4 proves that no training sample is wrong: where the output of another class is not below that of the right one,
(1 - a)^2 + b^2 with b >= a is at least 1/2, so this sample alone costs 1/4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lmcourse.experiments.wide_training import BY_ROUNDING, POSITIONS, run_chunk
from lmcourse.plots import PALETTE

__all__ = ["BY_ROUNDING", "run_chunk"]
TITLE = "300 digits with true and with random labels: training samples that stay wrong, by filters of the wide layer"
SOURCE = "this course, after Zhang et al. (2017)"
VERSION = 1
MEMBERS, CHUNK = 10, 10
FILTERS, LABELS = (1, 2, 4, 8, 12), ("true", "random")
SPECS = tuple({"table": "digits", "filters": T, "labels": labels} for labels in LABELS for T in FILTERS)


def summarise(rows: Sequence) -> str:
    """All rows in words."""
    lines = ["Training samples of 300 that stay wrong, over the members, by neurons n_1 of the wide layer"]
    for spec, arrays in rows:
        wrong = arrays["wrong"]
        lines.append(
            f"{spec['labels']:6} labels, n_1 = {POSITIONS * spec['filters']:3}: {wrong.min()} to {wrong.max()}, median "
            f"{np.median(wrong):g}; none wrong in {(wrong == 0).sum()}; median steps {np.median(arrays['steps']):.0f}"
        )
    return "\n".join(lines)


def draw_result(ax, rows: Sequence) -> None:
    """Median number of samples that stay wrong, by neurons of the wide layer, for both kinds of labels."""
    for labels, color, marker in (("true", "blue", "o"), ("random", "vermilion", "s")):
        those = [
            (POSITIONS * spec["filters"], np.median(arrays["wrong"]))
            for spec, arrays in rows
            if spec["labels"] == labels
        ]
        ax.plot(*zip(*those, strict=True), color=PALETTE[color], marker=marker, label=f"{labels} labels")
    ax.set(xlabel="neurons of the wide layer", ylabel="training samples that stay wrong (median of 10 runs)")
    ax.legend()
