"""Points of small networks whose losses are known: traps, exits and solutions on the data sets of ten or fewer samples.

Data types, in words
    Landmark    a landscape, a point theta on it, the loss there and a note on what the point is
    terrace     a minimum that is part of a flat set with an exit: a path leads on to lower losses and never rises

Swirszcz, Czarnecki and Pascanu (2016) give the ReLU points (two of them with a misprint in a sign, put right here) and the
Jellyfish data; the points of the sigmoid networks, the interior points and the solutions are this course's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lmcourse.data import dead_layer_example, jellyfish, nine_points, relu_example, ten_points
from lmcourse.landscape import Landscape
from lmcourse.networks.relu import relu_mlp
from lmcourse.networks.sigmoid import sigmoid_mlp

_TEN_LOG = (
    1.1159826350285405, -1.1876600937821091, 2.2322365797046804, -0.3718767058915867, -0.5651587075223922,
    0.6792047015630272, -3.4269550377027892, 2.7529713774010547, 0.0644857510436497,
)  # fmt: skip
_TEN_SQUARED = (
    1.1759162564072595, -1.2265575206705731, 2.3365810404042048, -0.4040729943966747, -0.9115522110231859,
    0.8294073977757606, -2.7783523998892177, 2.0913055168918881, -0.0001526243390367,
)  # fmt: skip
_TEN_LOG_EXIT = (1.286456, -1.580359, 2.389966, -0.286835, -0.158550, 1.109987, -2.744460, 2.399951, 0.048566)
_TEN_SQUARED_EXIT = (1.538610, -1.627726, 2.473840, -0.324089, -1.141198, 0.712068, -2.299715, 1.915304, -0.032980)
_NINE_LOG = (
    1.8936053998, 1.3612843007, -0.0603190038, 1.0879868866, -0.6181132854, 0.2503113307, -0.9956785783,
    1.4858917771, -0.1294167628,
)  # fmt: skip
JELLYFISH_SLOPE = 1.1287209579  # the root of 0.4 s(0.4 beta) = s(-beta), s the logistic function
_JELLYFISH = (1, -1, -1, 1, 2, 2, JELLYFISH_SLOPE / 2, -JELLYFISH_SLOPE / 2)

# name: (network, theta = W1, b1, W2, b2, loss, what it is)
_LANDMARKS = {
    "ten points, log, trap": ("ten log", _TEN_LOG, 5.872535808665, "strict minimum, 4 of 10 right"),
    "ten points, squared, trap": ("ten squared", _TEN_SQUARED, 2.068702699598, "strict minimum, 4 of 10 right"),
    "ten points, log, exit": ("ten log", _TEN_LOG_EXIT, 5.876927, "saddle, the lowest exit found, to six digits"),
    "ten points, squared, exit": ("ten squared", _TEN_SQUARED_EXIT, 2.069064, "saddle, the lowest exit found, to six digits"),
    "ten points, log, all right": ("ten log", (0, 1, -4, -8, 0, -3, 9, 6, -7), 2.745456, "not critical, 10 of 10 right"),
    "nine points, log, trap": ("nine log", _NINE_LOG, 5.9636616694, "strict minimum, 4 of 9 right"),
    "nine points, log, all right": ("nine log", (-2, 1, -3, 2, 3, -3, -3, 3, 1), None, "not critical, 9 of 9 right"),
    "relu 1, trap": ("relu 1", (1, -3, 1, 0), 18.0, "minimum behind a barrier of 3.2, a sample on the kink"),
    "relu 1, solution": ("relu 1", (-7, -4, 1, 0), 14.0, "global minimum"),
    "relu 2, terrace": ("relu 2", (-3, 1, 13 / 3, -10, 1, -1, -3), 8 / 3, "terrace, a sample on a kink"),
    "relu 2, interior": ("relu 2", (-3, 1, 10 / 3, -9, 1, -1, -2), 8 / 3, "terrace, away from kinks"),
    "relu 2, solution": ("relu 2", (-5, 1, 1, -8, 1, -1, -1), 0.0, "global minimum"),
    "relu 3, worse": ("relu 3", (-2, 1, 1, 11 / 3, -10, -11, 1, -1, -1, -3), 2 / 3, "terrace, samples on kinks"),
    "relu 3, worse, interior": ("relu 3", (-2, 1, 2, 8 / 3, -9, -23, 1, -1, -1, -2), 2 / 3, "terrace, away from kinks"),
    "relu 3, better": ("relu 3", (-1.5, -1.5, 1.5, 1, 0, -79 / 6, 1, 1, -1, -1), 1 / 6, "terrace, samples on kinks"),
    "relu 3, better, interior": ("relu 3", (-1.5, -3, 1.5, 1, -1.5, -79 / 6, 1, 1, -1, -1), 1 / 6, "terrace, away from kinks"),
    "relu 3, solution": ("relu 3", (-3, 1, 1, 1, -8, -11, 1, -1, -1, -1), 0.0, "global minimum"),
    "dead layer": ("dead", (-1, -1, -2, -2, -1, -1, -1, -1, -1, 1, 1, 1, 2), 16.0, "minimum, every hidden neuron off"),
    "dead layer, bump": ("dead", (0, 3, 0, 6, 0, 3, -5, -12, -7, 3.6, -3.6, 3.6, 1.4), 5.2, "a better point, fits (1, 2) alone"),
    "jellyfish, trap": ("jellyfish", (*_JELLYFISH, 0), 2.448795, "minimum, every neuron on, 2 of 4 right"),
    "jellyfish, all right": ("jellyfish", (10, 0, -30, -20, -7, 19, 1, 3, -1), None, "not critical, 4 of 4 right"),
}  # fmt: skip

_NETWORKS = {
    "ten log": lambda: sigmoid_mlp([2, 2, 1], ten_points(), "log"),
    "ten squared": lambda: sigmoid_mlp([2, 2, 1], ten_points(), "squared"),
    "nine log": lambda: sigmoid_mlp([2, 2, 1], nine_points(), "log"),
    "relu 1": lambda: relu_mlp([1, 1, 1], relu_example(1)),
    "relu 2": lambda: relu_mlp([1, 2, 1], relu_example(2)),
    "relu 3": lambda: relu_mlp([1, 3, 1], relu_example(3)),
    "dead": lambda: relu_mlp([2, 3, 1], dead_layer_example()),
    "jellyfish": lambda: relu_mlp([2, 2, 1], jellyfish(), "log"),
}


@dataclass(frozen=True, repr=False, eq=False)
class Landmark:
    """A point theta (P,) of a landscape, float64, the loss that is known there to the digits written (else None), and a note."""

    land: Landscape
    theta: Tensor
    loss: float | None
    note: str

    def __repr__(self) -> str:
        return f"Landmark: {self.note}; loss {float(self.land.loss(self.theta)):.6g} of the {self.land.name}"


def landmark_names() -> tuple[str, ...]:
    """The names that `landmark` knows.

    >>> landmark_names()[0]
    'ten points, log, trap'
    """
    return tuple(_LANDMARKS)


def landmark(name: str) -> Landmark:
    """A point whose loss is known, with its landscape. Raises ValueError for an unknown name.

    >>> landmark("relu 3, solution")
    Landmark: global minimum; loss 0 of the ReLU network 1-3-1
    """
    if name not in _LANDMARKS:
        raise ValueError(f"There is no landmark {name!r}. The landmarks are: {'; '.join(_LANDMARKS)}.")
    network, theta, loss, note = _LANDMARKS[name]
    return Landmark(_NETWORKS[network](), torch.tensor(theta, dtype=torch.float64), loss, note)
