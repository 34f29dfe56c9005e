"""Points in files, for `lmcourse certify FILE`: a network, its data if it has any, weights, and what is claimed about them.

A file is .json, one object, or .npz, arrays by name. Both hold the arguments of the factory under their own names:

    network     "teacher-student" (or nothing), "sigmoid", "tanh", "relu", "deep linear" or "quadratic"
    theta       all weights of one network in a row, in the order of the landscape; or several rows, one a network
    k           teacher-student: the teacher's neurons; n and d if they differ from k, teacher if it is not the unit vectors
    widths      sigmoid, tanh, relu, deep linear: neurons of all layers, inputs and outputs included; quadratic: n, the neurons
    x, y        the samples as rows, and their targets; loss, output, reduction, weight_decay, ... if they are not the usual ones
    claim       what is claimed, if it is not "strict local minimum"; better, stops, direction, upward: what the claim needs

A decimal number is read as the double nearest to it, and the theorem is about these doubles; a saved certificate holds them
exactly. A weight may also be text, such as "13/3" or "0.1", and is then meant exactly.
"""

from __future__ import annotations

import json
import math
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lmcourse.certificates.exact_text import without_duplicates
from lmcourse.data import Data
from lmcourse.landscape import Landscape
from lmcourse.networks.linear import deep_linear
from lmcourse.networks.quadratic import quadratic_net
from lmcourse.networks.relu import relu_mlp
from lmcourse.networks.sigmoid import sigmoid_mlp, tanh_mlp
from lmcourse.networks.teacher_student import teacher_student

DENSE = {"loss", "output", "reduction", "weight_decay"}
NETWORKS = {  # name: (factory, what the file must hold beside theta, what it may)
    "teacher-student": (teacher_student, {"k"}, {"n", "d", "teacher"}),
    "sigmoid": (sigmoid_mlp, {"widths", "x", "y"}, DENSE),
    "tanh": (tanh_mlp, {"widths", "x", "y"}, DENSE),
    "relu": (relu_mlp, {"widths", "x", "y"}, DENSE | {"at_kink"}),
    "deep linear": (deep_linear, {"widths", "x", "y"}, set()),
    "quadratic": (quadratic_net, {"n", "x", "y"}, {"decay", "tilt", "negative", "loss", "reduction"}),
}
EVIDENCE = {"stops", "direction", "upward"}
ALWAYS = {"network", "theta", "claim", "better"} | EVIDENCE
LARGEST = 100_000  # parameters of a network in a file


@dataclass(frozen=True)
class PointFile:
    """What stands in a file: a landscape, points (each a list of P numbers), the claim ("" if none), and what it needs."""

    land: Landscape
    points: list[list]
    claim: str
    better: list | None
    evidence: dict[str, Any]


def read(path: Path) -> PointFile:
    """Read a file; ValueError and TypeError say in a sentence what is wrong with it, OSError that it cannot be opened."""
    content = _content(path)
    name = content.get("network", "teacher-student")
    if not isinstance(name, str) or name not in NETWORKS:
        raise ValueError(f"There is no network {name!r:.60}. The networks are: {', '.join(NETWORKS)}.")
    factory, needed, more = NETWORKS[name]
    missing, unknown = (needed | {"theta"}) - set(content), set(content) - needed - more - ALWAYS
    if missing or unknown:
        raise ValueError(
            f"A file about a {name} network holds {', '.join(sorted(needed | {'theta'}))}, and may hold "
            f"{', '.join(sorted(more | ALWAYS - {'theta'}))}. "
            + (f"Missing: {', '.join(sorted(missing))}. " if missing else "")
            + (f"Not known: {', '.join(sorted(unknown))}." if unknown else "")
        )
    settings = {key: content[key] for key in content if key in needed | more}
    points = _points(content["theta"], _parameters(name, settings))
    try:
        land = factory(**_arguments(settings))
    except (TypeError, RuntimeError, OverflowError) as error:
        raise ValueError(f"This is no {name} network: {str(error)[:200]}") from None
    better = None if content.get("better") is None else _flat(content["better"])
    evidence = {key: content[key] for key in content if key in EVIDENCE}
    return PointFile(land, points, content.get("claim", ""), better, evidence)


def _content(path: Path) -> dict[str, Any]:
    if path.suffix == ".npz":
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                return {name: stored[name].tolist() for name in stored.files}
        except (EOFError, ValueError, AttributeError, zipfile.BadZipFile, TypeError) as error:
            raise ValueError(f"This is no .npz file with arrays of numbers and text: {str(error)[:200]}") from None
    try:
        content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=without_duplicates)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"This is no JSON file: {str(error)[:200]}") from None
    if not isinstance(content, dict):
        raise TypeError("A JSON file with points holds one object: {...}.")
    return content


def _parameters(name: str, settings: dict) -> int:
    """How many weights the network has, before it is built."""
    if name == "teacher-student":
        k = settings["k"]
        inputs = len(_matrix("teacher", settings["teacher"])[0]) if settings.get("teacher") is not None else k
        sizes = [k, settings.get("n", k), settings.get("d", inputs)]
    elif name == "quadratic":
        sizes = [1, settings["n"], len(_matrix("x", settings["x"])[0])]
    else:
        sizes = settings["widths"]
    if not isinstance(sizes, list) or len(sizes) < 2 or not all(type(size) is int and size > 0 for size in sizes):
        raise ValueError("The sizes of a network, k, n, d or widths, are whole numbers from 1 on.")
    biases = name in ("sigmoid", "tanh", "relu")
    counted = pairwise(sizes if "widths" in settings else sizes[1:])
    count = sum(n * (inside + biases) for inside, n in counted)
    if count > LARGEST:
        raise ValueError(f"The network would have {count:,} parameters; up to {LARGEST:,} are read.")
    return count


def _points(theta, size: int) -> list[list]:
    """The rows of theta as points: one if it holds as many numbers as one network, else one a row."""
    numbers = _flat(theta)
    if len(numbers) == size:
        return [numbers]
    if not isinstance(theta, list) or not theta or any(len(_flat(row)) != size for row in theta):
        raise ValueError(
            f"The network has {size} parameters, but theta holds {len(numbers)} numbers, and not so many in each row."
        )
    return [_flat(row) for row in theta]


def _flat(value, depth: int = 0) -> list:
    if depth > 3:
        raise ValueError("Lists within lists within lists within lists: no point and no matrix is written so.")
    if isinstance(value, list):
        return [entry for part in value for entry in _flat(part, depth + 1)]
    return [value]


def _arguments(settings: dict) -> dict[str, Any]:
    """The same as arguments of the factory: samples as Data, matrices as tensors."""
    arguments = {key: value for key, value in settings.items() if key not in ("x", "y")}
    for key in {"tilt", "teacher"} & set(arguments):
        arguments[key] = _tensor(key, _matrix(key, arguments[key]))
    for key in {"weight_decay", "decay", "negative"} & set(arguments):
        _check_number(key, arguments[key])
    if "x" in settings:
        x, y = _tensor("x", _matrix("x", settings["x"])), _tensor("y", settings["y"])
        arguments["data"] = Data(x, _class_numbers(y) if settings.get("loss") == "cross_entropy" and y.ndim == 1 else y)
    return arguments


def _class_numbers(y: Tensor) -> Tensor:
    if not bool((y == y.round()).all()):
        raise ValueError(
            "With loss cross_entropy y holds class numbers, which are whole, or a row of shares for each sample."
        )
    return y.long()


def _matrix(name: str, rows) -> list[list]:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        raise ValueError(f"{name} must be a matrix, a list of rows.")
    if not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise ValueError(f"The rows of {name} must be equally long, and not empty.")
    return rows


def _tensor(name: str, values) -> Tensor:
    if not isinstance(values, list):
        raise TypeError(f"{name} must be a list.")
    for number in _flat(values):
        _check_number(name, number)
    try:
        return torch.tensor(values, dtype=torch.float64)
    except (ValueError, TypeError):
        raise ValueError(f"The rows of {name} must be equally long.") from None


def _check_number(name: str, number) -> None:
    try:
        fits = type(number) in (int, float) and float(number) == number and math.isfinite(number)
    except OverflowError:
        fits = False
    if not fits:
        raise ValueError(
            f"{name} must hold finite numbers, and whole numbers that a double holds, but {number!r:.60} came."
        )
