"""lmcourse: why does training a neural network by gradient descent work, and when does it get stuck?

A landscape is a function from flat parameters theta (..., P) to a number. Everything else follows theta on its way:
`starts` -> `train` -> `refine` -> `classify`.
"""

from importlib import import_module

from lmcourse import data, plots, slices
from lmcourse.counting import binomial_interval, shares_agree
from lmcourse.critical import (
    CriticalPoints,
    Distinct,
    Refined,
    Search,
    classify,
    distinct,
    find_critical_points,
    refine,
)
from lmcourse.devices import device, keep_freed_memory, use_one_thread
from lmcourse.doctor import check_installation
from lmcourse.initialisations import starts
from lmcourse.landscape import Landscape, from_module
from lmcourse.lesson import course_map, predict, progress, quiz, reset_progress, reveal, show
from lmcourse.networks.convolutional import small_cnn
from lmcourse.networks.landmarks import landmark, landmark_names
from lmcourse.networks.linear import deep_linear, linear_resnet
from lmcourse.networks.linear_catalogue import linear_catalogue, linear_critical_point
from lmcourse.networks.quadratic import quadratic_net, random_tilt
from lmcourse.networks.random_fields import p_spin
from lmcourse.networks.relu import relu_mlp
from lmcourse.networks.reversed_neuron import symmetric_minimum
from lmcourse.networks.sigmoid import sigmoid_mlp, tanh_mlp
from lmcourse.networks.surfaces import surface, surface_names
from lmcourse.networks.teacher_student import align_with_teacher, teacher_student
from lmcourse.spectrum import extreme_eigenvalues, spectral_density
from lmcourse.symmetry import Symmetry, match
from lmcourse.training import Runs, Status, train

__version__ = "0.1.0"

__all__ = [
    "Certificate", "CriticalPoints", "Distinct", "Landscape", "Refined", "Runs", "Search", "Status", "Symmetry",
    "align_with_teacher", "binomial_interval", "certificates", "certify", "certify_symmetric", "check_installation",
    "checks", "classify", "course_map", "data", "deep_linear", "device", "distinct", "experiments",
    "extreme_eigenvalues", "find_critical_points", "from_module", "landmark", "landmark_names", "linear_catalogue",
    "linear_critical_point", "linear_resnet", "match", "p_spin", "plots", "predict", "progress", "quadratic_net",
    "quiz", "random_tilt", "refine", "relu_mlp", "reset_progress", "reveal", "shares_agree", "show", "sigmoid_mlp",
    "slices", "small_cnn", "spectral_density", "starts", "store", "surface", "surface_names", "symmetric_minimum", "tanh_mlp",
    "teacher_student", "train", "widgets",
]  # fmt: skip

use_one_thread()
keep_freed_memory()


def __getattr__(name: str):
    if name in ("certificates", "checks", "experiments", "store", "widgets"):  # loaded only when a lesson asks for them
        return import_module(f"lmcourse.{name}")
    if name in ("Certificate", "certify", "certify_symmetric"):  # they load ball arithmetic, python-flint
        return getattr(import_module("lmcourse.certificates"), name)
    raise AttributeError(f"lmcourse has no {name!r}. Its names are: {', '.join(__all__)}.")
