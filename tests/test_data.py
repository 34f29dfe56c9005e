"""Data sets are what they are said to be, to the last digit, and files that are not are refused in words."""

import gzip
import hashlib
import struct

import numpy as np
import pytest
import torch

from lmcourse.data import (
    Data,
    dead_layer_example,
    digits,
    gaussian_patches,
    jellyfish,
    mnist,
    nine_points,
    one_hot,
    relu_example,
    saturation_example,
    teacher_student_samples,
    ten_points,
    xor,
)

DIGITS_CONTENT = "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"

SETS = {
    "xor": (xor, 4, 2),
    "jellyfish": (jellyfish, 4, 2),
    "ten points": (ten_points, 10, 2),
    "nine points": (nine_points, 9, 2),
    "relu 1": (lambda: relu_example(1), 5, 1),
    "relu 2": (lambda: relu_example(2), 6, 1),
    "relu 3": (lambda: relu_example(3), 6, 1),
    "dead layer": (dead_layer_example, 6, 2),
    "saturation": (saturation_example, 10, 2),
}


@pytest.mark.parametrize("name", SETS)
def test_sets_are_samples_as_rows_with_a_note(name):
    make, samples, inputs = SETS[name]
    data = make()
    assert data.x.shape == (samples, inputs)
    assert data.y.shape == (samples,)
    assert data.x.dtype == data.y.dtype == torch.float64
    assert len(data) == samples
    assert data.note in repr(data) and len(data.note) > 10
    assert torch.equal(make().x, data.x) and make().x is not data.x  # exact, and nobody's changes reach the next reader


def test_data_cannot_be_changed_by_accident():
    with pytest.raises(AttributeError):
        xor().x = torch.zeros(4, 2)


def test_ten_points_become_whole_numbers_when_doubled():
    assert torch.equal((2 * ten_points().x).round(), 2 * ten_points().x)
    assert ten_points().x[3].tolist() == [-2.0, -3.0]
    assert (ten_points().y.sum(), nine_points().y.sum()) == (5, 5)


def test_errors_of_the_best_constant_and_the_best_line():
    data = relu_example(1)
    assert float((data.y - data.y.mean()).square().sum()) == pytest.approx(21.2)
    line = torch.cat([data.x, torch.ones(5, 1, dtype=torch.float64)], dim=1)
    fit = line @ torch.linalg.lstsq(line, data.y[:, None]).solution
    assert float((data.y - fit[:, 0]).square().sum()) == pytest.approx(21.1724, abs=6e-5)


def test_the_segments_of_the_jellyfish_cross():
    (a, b), (c, d) = jellyfish().x[:2], jellyfish().x[2:]
    crossing = a + 5 / 7 * (b - a)
    torch.testing.assert_close(crossing, torch.full((2,), 3 / 7, dtype=torch.float64))
    torch.testing.assert_close(c + 5 / 7 * (d - c), crossing)


def test_the_saturation_example_is_standardised_and_its_far_sample_is_alone():
    data = saturation_example()
    assert data.y.tolist() == [1, 1, 0, 0, 0, 0, 1, 0, 0, 1]
    assert float((data.x[:, 0] * data.x[:, 1]).mean()) == pytest.approx(0.9947, abs=6e-5)
    assert float((data.x[:9] @ data.x[9]).max()) == pytest.approx(-1.5915, abs=6e-5)
    assert ((data.x[:, 0] * data.x[:, 1]) > 0).all()


def test_drawn_sets_depend_on_the_seed_alone():
    for draw in (lambda seed: teacher_student_samples(3, 20, seed=seed), lambda seed: gaussian_patches(20, seed=seed)):
        assert torch.equal(draw(5).x, draw(5).x) and torch.equal(draw(5).y, draw(5).y)
        assert not torch.equal(draw(5).x, draw(6).x)


def test_teacher_student_samples_are_gaussian_and_answered_by_the_teacher():
    data = teacher_student_samples(2, 50_000, d=3, seed=1)
    assert data.x.mean(0).abs().max() < 0.02
    assert (data.x.mT @ data.x / 50_000 - torch.eye(3, dtype=torch.float64)).abs().max() < 0.03
    torch.testing.assert_close(data.y, data.x[:, 0].clamp_min(0) + data.x[:, 1].clamp_min(0))


def test_digits_subsets_and_random_labels():
    whole, some = digits(), digits(30, classes=(3, 8))
    assert (whole.x.shape, float(whole.x.min()), float(whole.x.max())) == ((1797, 64), 0.0, 1.0)
    is_three_or_eight = (whole.y == 3) | (whole.y == 8)
    assert torch.equal(some.x, whole.x[is_three_or_eight][:30])
    assert torch.equal(some.y, (whole.y[is_three_or_eight][:30] == 8).long())
    mixed = digits(300, random_labels=True, seed=2)
    assert torch.equal(mixed.x, whole.x[:300]) and "random labels" in mixed.note
    agree = int((mixed.y == whole.y[:300]).sum())
    assert 10 <= agree <= 55  # a tenth, give or take five standard deviations
    assert one_hot(mixed).y.shape == (300, 10)
    assert torch.equal(one_hot(mixed).y.argmax(1), mixed.y)


def test_digits_are_those_of_scikit_learn():
    """The file that comes with the course, pixel for pixel; scikit-learn itself is asked where it is installed."""
    data = digits()
    content = (data.x * 16).to(torch.uint8).numpy().tobytes() + data.y.to(torch.uint8).numpy().tobytes()
    assert hashlib.sha256(content).hexdigest() == DIGITS_CONTENT
    datasets = pytest.importorskip("sklearn.datasets")
    images, labels = datasets.load_digits(return_X_y=True)
    assert np.array_equal(data.x.numpy() * 16, images) and np.array_equal(data.y.numpy(), labels)


# ------------------------------------------------------------------------------------ MNIST's files


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


@pytest.fixture
def folder(tmp_path):
    """Three made-up images in MNIST's format, one part of it packed, the other with the dots of some archives."""
    images = np.arange(3 * 28 * 28).reshape(3, 28, 28) % 256
    labels = np.array([7, 1, 7])
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    (tmp_path / "t10k-images.idx3-ubyte").write_bytes(idx(images[:2]))
    (tmp_path / "t10k-labels.idx1-ubyte").write_bytes(idx(labels[:2]))
    return tmp_path


def test_mnist_reads_plain_and_packed_files(folder):
    data = mnist(folder, classes=(1, 7))
    assert data.x.shape == (3, 784)
    assert data.x[0, :3].tolist() == [0.0, 1 / 255, 2 / 255]
    assert data.y.tolist() == [1, 0, 1]
    test = mnist(str(folder), part="test", classes=(7,), samples=1)
    assert (test.x.shape, test.y.tolist()) == ((1, 784), [0])


def test_mnist_says_what_is_wrong_with_files(folder):
    labels = folder / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1])
    with pytest.raises(ValueError, match="train-labels-idx1-ubyte is no complete IDX file"):
        mnist(folder, classes=(1, 7))
    labels.write_bytes(idx(np.array([7, 1])))
    with pytest.raises(ValueError, match="3 images but 2 labels"):
        mnist(folder, classes=(1, 7))
    labels.write_bytes(b"")
    with pytest.raises(ValueError, match="no complete IDX file"):
        mnist(folder, classes=(1, 7))
    images = folder / "train-images-idx3-ubyte.gz"
    images.write_bytes(images.read_bytes()[:50])
    with pytest.raises(ValueError, match=r"cannot be unpacked.*damaged"):
        mnist(folder, classes=(1, 7))
    images.write_bytes(b"<html>not found</html>")
    with pytest.raises(ValueError, match="cannot be unpacked"):
        mnist(folder, classes=(1, 7))
    images.unlink()
    with pytest.raises(
        FileNotFoundError, match=r"no train-images-idx3-ubyte or train-images-idx3-ubyte\.gz in .*not part of"
    ):
        mnist(folder)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: relu_example(4), "1, 2 and 3, but 4 came"),
        (lambda: teacher_student_samples(3, 10, d=2), "k = 3 and d = 2 came"),
        (lambda: gaussian_patches(0), "at least one sample"),
        (lambda: digits(0), "1797 images of these classes, but samples = 0"),
        (lambda: digits(samples=2000), "samples = 2000 came"),
        (lambda: digits(classes=(3, 3)), r"different digits.*\[3, 3\] came"),
        (lambda: digits(classes=(12,)), r"\[12\] came"),
        (lambda: one_hot(Data(torch.zeros(2, 1), torch.zeros(2, 2))), r"class numbers y \(N,\)"),
        (lambda: mnist(".", part="validation"), "'validation' came"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
