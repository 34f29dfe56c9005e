"""Small data sets, exact by construction, and readers for larger ones that the reader already has.

Data types, in words
    Data        x (N, d), y (N,) or (N, outputs), and a note that says where they come from; samples are rows
    label       0 or 1 as float64 for two classes; class numbers 0, 1, 2, ... as int64 for several, see `one_hot`
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lmcourse.devices import DATA, LABELS, random_stream

DIGITS = Path(__file__).with_name("digits.npz")


@dataclass(frozen=True, repr=False, eq=False)
class Data:
    """Samples as rows: x (N, d) and y (N,) or (N, outputs).

    >>> len(xor())
    4
    """

    x: Tensor
    y: Tensor
    note: str = ""

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        return f"Data: x {tuple(self.x.shape)}, y {tuple(self.y.shape)}" + (f": {self.note}" if self.note else "")


# ----------------------------------------------------------------------------------------------- written down


def xor() -> Data:
    """The four corners of a square; the label says whether the coordinates differ.

    >>> xor().y
    tensor([0., 1., 1., 0.], dtype=torch.float64)
    """
    x = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    return Data(x, (x[:, 0] != x[:, 1]).to(x.dtype), "exclusive or, the smallest problem that no linear model solves")


def jellyfish() -> Data:
    """Four points in the plane, a lopsided exclusive or (Swirszcz, Czarnecki and Pascanu 2016).

    >>> jellyfish().x.flip(1)[jellyfish().y == 1].tolist()                      # exchanging the coordinates exchanges the classes
    [[0.0, 1.0], [0.6, 0.2]]
    """
    x = [[1.0, 0.0], [0.2, 0.6], [0.0, 1.0], [0.6, 0.2]]
    return _data(x, [1, 1, 0, 0], "Jellyfish, of Swirszcz, Czarnecki and Pascanu (2016)")


def ten_points() -> Data:
    """Ten points in the plane that trap a 2-2-1 sigmoid network: a strict minimum with 4 of 10 right, though 10 of 10 is possible.

    Swirszcz, Czarnecki and Pascanu (2016) report such a set; these points are our reconstruction of its property, not theirs.

    >>> ten_points()
    Data: x (10, 2), y (10,): ten points that trap a 2-2-1 sigmoid network, made for this course
    """
    x1 = [3, -1.5, -0.5, -2, 0.5, 0.5, 1.5, 0, -0.5, -2]
    x2 = [2.5, 1, -1, -3, -1.5, 2.5, 0, 0, -3, 0]
    note = "ten points that trap a 2-2-1 sigmoid network, made for this course"
    return _data(list(zip(x1, x2, strict=True)), [1, 0, 1, 0, 1, 1, 0, 0, 0, 1], note)


def nine_points() -> Data:
    """Nine points with the same property, for the log loss: a strict minimum with 4 of 9 right, though 9 of 9 is possible.

    >>> nine_points()
    Data: x (9, 2), y (9,): nine points that trap a 2-2-1 sigmoid network, made for this course
    """
    x1 = [-0.11, 1.55, -1.40, -2.17, 1.17, -3.53, -1.04, 2.52, 1.06]
    x2 = [0.22, -1.77, -1.99, 1.77, -0.92, -0.99, 2.11, 0.38, 2.14]
    note = "nine points that trap a 2-2-1 sigmoid network, made for this course"
    return _data(list(zip(x1, x2, strict=True)), [0, 1, 0, 1, 0, 1, 1, 1, 0], note)


def relu_example(number: int) -> Data:
    """The points of the ReLU examples 1, 2 and 3, for networks with as many hidden neurons, one input and one output.

    Source: Swirszcz, Czarnecki and Pascanu (2016), propositions 1 to 3. Raises ValueError for another number.

    >>> relu_example(1).x.flatten().tolist(), relu_example(1).y.tolist()
    ([5.0, 4.0, 3.0, 1.0, -1.0], [2.0, 1.0, 0.0, -3.0, 3.0])
    """
    examples = {
        1: ([5, 4, 3, 1, -1], [2, 1, 0, -3, 3]),
        2: ([-1, 0, 1, 10, 11, 12], [5, 0, -1, -3, -4, -5]),
        3: ([-1, 0, 1, 10, 11, 12], [3, 0, -1, -3, -4, -6]),
    }
    if number not in examples:
        raise ValueError(f"The ReLU examples are 1, 2 and 3, but {number!r} came.")
    x, y = examples[number]
    return _data([[value] for value in x], y, f"ReLU example {number} of Swirszcz, Czarnecki and Pascanu (2016)")


def dead_layer_example() -> Data:
    """Six points of a grid with six values: fitted by a dead layer with squared loss 16, by a bump at (1, 2) with 5.2.

    >>> float(dead_layer_example().y.mean())                                    # what a dead network answers
    2.0
    """
    x = [[0, 0], [1, 0], [0, 1], [1, 1], [2, 1], [1, 2]]
    return _data(x, [0, 1, 1, 3, 2, 5], "six points for dead layers, made for this course")


def saturation_example() -> Data:
    """Nine samples near (-1, -1) and one far out at (9, 9), divided so that each input has variance 1; four labels are 1.

    A ReLU network that starts with positive weights sees the far sample alone and keeps 7 of 10 right for ever. Made for this
    course after proposition 4 of Swirszcz, Czarnecki and Pascanu (2016).

    >>> x = saturation_example().x
    >>> bool(x.mean(0).abs().max() < 1e-15), bool((x.var(0, correction=0) - 1).abs().max() < 1e-15)
    (True, True)
    """
    x1 = [-0.8, -0.8, -1.2, -1.2, -1, -1, -0.6, -1.4, -1, 9]
    x2 = [-0.8, -1.2, -0.8, -1.2, -0.6, -1.4, -1, -1, -1, 9]
    x = torch.tensor([x1, x2], dtype=torch.float64).mT.contiguous()
    note = "nine samples and one far out, that dead neurons never separate, made for this course"
    return Data(x / math.sqrt(9.048), (x[:, 0] > -0.9).double(), note)


# ----------------------------------------------------------------------------------------------- drawn at random


def teacher_student_samples(k: int, samples: int, d: int | None = None, seed: int = 0) -> Data:
    """Inputs x ~ N(0, I_d), d = k if not given, and what the teacher sum_j [v_j.x]+ with the first k unit vectors answers.

    Raises ValueError where k is larger than d.

    >>> data = teacher_student_samples(k=2, samples=5)
    >>> torch.equal(data.y, data.x.relu().sum(1))
    True
    """
    d = k if d is None else d
    if not 1 <= k <= d:
        raise ValueError(f"A teacher of k neurons needs 1 <= k <= d inputs, but k = {k} and d = {d} came.")
    x = _gaussian((samples, d), seed)
    return Data(x, x[:, :k].relu().sum(1), f"teacher with {k} neurons on {samples} Gaussian inputs, seed {seed}")


def gaussian_patches(samples: int, side: int = 8, classes: int = 3, seed: int = 0) -> Data:
    """Images (side x side) of independent N(0, 1) numbers with random class numbers: no patch occurs twice.

    >>> data = gaussian_patches(100)
    >>> data.x.shape, data.y.unique().tolist()
    (torch.Size([100, 64]), [0, 1, 2])
    """
    labels = torch.from_numpy(random_stream(seed, LABELS).integers(classes, size=samples))
    note = f"{samples} Gaussian images with random labels, seed {seed}"
    return Data(_gaussian((samples, side * side), seed), labels, note)


def one_hot(data: Data) -> Data:
    """The same samples with one column a class, y (N, classes), in place of class numbers.

    Raises ValueError where y is not (N,).

    >>> one_hot(Data(torch.zeros(3, 1), torch.tensor([0, 2, 1]))).y
    tensor([[1., 0., 0.],
            [0., 0., 1.],
            [0., 1., 0.]], dtype=torch.float64)
    """
    if data.y.ndim != 1:
        raise ValueError(f"one_hot needs class numbers y (N,), but y came as {tuple(data.y.shape)}.")
    return Data(data.x, torch.nn.functional.one_hot(data.y.long()).double(), data.note)


# ----------------------------------------------------------------------------------------------- images of digits


def digits(
    samples: int | None = None, classes: Sequence[int] = tuple(range(10)), random_labels: bool = False, seed: int = 0
) -> Data:
    """Handwritten digits, 8 x 8 pixels from 0 to 1, the set that scikit-learn carries too: 1797 images, or the first `samples`.

    classes : keep only these digits; they are numbered 0, 1, ... in this order. random_labels : draw each class number at random.
    Source: Alpaydin and Kaynak (1998), Optical Recognition of Handwritten Digits, UCI repository, licence CC BY 4.0.

    >>> digits(), digits(classes=(3, 8)).y.bincount().tolist()
    (Data: x (1797, 64), y (1797,): handwritten digits, [183, 174])
    """
    with np.load(DIGITS) as stored:
        x, y = stored["images"], stored["labels"]  # (1797, 64) from 0 to 16, and (1797,)
    return _chosen(x / 16, y, samples, classes, random_labels, seed, "handwritten digits")


def mnist(
    path: str | Path,
    part: str = "train",
    samples: int | None = None,
    classes: Sequence[int] = tuple(range(10)),
    random_labels: bool = False,
    seed: int = 0,
) -> Data:
    """MNIST, 28 x 28 pixels from 0 to 1, from the IDX files that you already have in the folder `path`, plain or packed (.gz).

    part : "train", 60000 images, or "test", 10000.

    The other arguments are those of `digits`. Nothing is downloaded. Raises FileNotFoundError where a file is
    missing, ValueError where it is none of this kind.
    Source: LeCun, Cortes and Burges (1998).

    >>> mnist("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: There is no train-images-idx3-ubyte or train-images-idx3-ubyte.gz in no/such/folder. ...
    """
    if part not in ("train", "test"):
        raise ValueError(f'part must be "train" or "test", but {part!r} came.')
    prefix = {"train": "train", "test": "t10k"}[part]
    images = _read_idx(Path(path), f"{prefix}-images-idx3-ubyte", dimensions=3)
    labels = _read_idx(Path(path), f"{prefix}-labels-idx1-ubyte", dimensions=1)
    if len(images) != len(labels):
        raise ValueError(
            f"{path} holds {len(images)} images but {len(labels)} labels: the files do not belong together."
        )
    x = images.reshape(len(images), -1) / 255
    return _chosen(x, labels, samples, classes, random_labels, seed, f"MNIST, {part}")


def _read_idx(folder: Path, name: str, dimensions: int) -> np.ndarray:
    """An array of bytes from an IDX file: two zeros, the type 8, the number of dimensions, their lengths, and the data."""
    dotted = name.replace("-idx", ".idx")  # some archives name the files so
    path = next((folder / n for n in (name, f"{name}.gz", dotted, f"{dotted}.gz") if (folder / n).is_file()), None)
    if path is None:
        raise FileNotFoundError(
            f"There is no {name} or {name}.gz in {folder.as_posix()}. Pass the folder of the four MNIST files; "
            "they are not part of the course."
        )
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise ValueError(f"{path} cannot be unpacked ({error}): it is damaged or not finished. Get it again.") from None
    start = 4 + 4 * dimensions
    lengths = [int(n) for n in np.frombuffer(content[4:start], dtype=">u4")] if len(content) >= start else []
    if content[:4] != bytes([0, 0, 8, dimensions]) or len(content) != start + math.prod(lengths):
        raise ValueError(f"{path} is no complete IDX file of bytes with {dimensions} dimensions. Get it again.")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(lengths)


# ----------------------------------------------------------------------------------------------- helpers


def _data(x: Sequence, y: Sequence, note: str) -> Data:
    return Data(torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64), note)


def _gaussian(shape: tuple[int, int], seed: int) -> Tensor:
    if min(shape) < 1:
        raise ValueError(f"There must be at least one sample and one input, but the shape {shape} was asked for.")
    return torch.from_numpy(random_stream(seed, DATA).normal(size=shape))


def _chosen(x: np.ndarray, y: np.ndarray, samples, classes, random_labels: bool, seed: int, note: str) -> Data:
    """The first `samples` images of the classes, which get the numbers 0, 1, ..., or random ones."""
    classes = list(classes)
    if not classes or len(set(classes)) != len(classes) or not set(classes) <= set(y.tolist()):
        raise ValueError(f"classes must be different digits that occur in the data, but {classes} came.")
    rows = np.flatnonzero(np.isin(y, classes))
    if samples is not None and not 1 <= samples <= len(rows):
        raise ValueError(f"There are {len(rows)} images of these classes, but samples = {samples} came.")
    rows = rows[:samples]
    number = {digit: position for position, digit in enumerate(classes)}
    labels = np.array([number[digit] for digit in y[rows].tolist()])
    if random_labels:
        labels = random_stream(seed, LABELS).integers(len(classes), size=len(rows))
        note += f" with random labels, seed {seed}"
    return Data(torch.from_numpy(np.ascontiguousarray(x[rows], dtype=np.float64)), torch.from_numpy(labels), note)
