"""lmcourse: why does training a neural network by gradient descent work, and when does it get stuck?

A landscape is a function from flat parameters theta (..., P) to a number. Everything else follows theta on its way:
`starts` -> `train` -> `refine` -> `classify`.
"""

from importlib import import_module

from lmcourse import data, plots
from lmcourse.counting import binomial_interval, shares_agree
from lmcourse.critical import CriticalPoints, Refined, classify, refine
from lmcourse.devices import device, use_one_thread
from lmcourse.doctor import check_installation
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape, from_module
from lmcourse.lesson import course_map, predict, progress, quiz, reset_progress, reveal, show
from lmcourse.networks.reversed_neuron import symmetric_minimum
from lmcourse.networks.surfaces import surface, surface_names
from lmcourse.networks.teacher_student import align_with_teacher, teacher_student
from lmcourse.symmetry import Symmetry, match
from lmcourse.training import Runs, Status, train

__version__ = "0.1.0"

__all__ = [
    "CriticalPoints", "Landscape", "Refined", "Runs", "Status", "Symmetry",
    "align_with_teacher", "binomial_interval", "check_installation", "checks", "classify", "course_map", "data", "device",
    "experiments", "from_module", "match", "plots", "predict", "progress", "quiz", "refine", "reset_progress", "reveal",
    "shares_agree", "show", "starts", "surface", "surface_names", "symmetric_minimum", "teacher_student", "train", "widgets",
]  # fmt: skip

use_one_thread()


def __getattr__(name: str):
    if name in ("checks", "experiments", "widgets"):  # loaded only when a lesson asks for them
        return import_module(f"lmcourse.{name}")
    raise AttributeError(f"lmcourse has no {name!r}. Its names are: {', '.join(__all__)}.")
