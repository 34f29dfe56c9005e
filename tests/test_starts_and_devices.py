"""Starts belong to their seed, not to their batch; the device is where the reader said."""

import pytest
import torch

import lmcourse as lm
from lmcourse import devices
from lmcourse.initialisations import SCHEMES


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_member_starts_the_same_in_every_batch(scheme):
    land = lm.surface("himmelblau") if scheme == "window" else lm.teacher_student(3, 4, 5)
    whole = lm.starts(land, seeds=range(20), scheme=scheme)
    assert whole.shape == (20, land.dim) and whole.dtype == torch.float64
    assert torch.equal(lm.starts(land, seeds=[7, 3], scheme=scheme), whole[[7, 3]])
    assert len(torch.unique(whole, dim=0)) == (1 if scheme == "identity" else 20)


def test_the_spread_of_each_scheme():
    land = lm.teacher_student(2, 2, 8)
    for scheme, variance in (("xavier", 1 / 8), ("he", 2 / 8), ("normal", 1.0)):
        theta = lm.starts(land, seeds=range(3000), scheme=scheme)
        relative_error = (2 / theta.numel()) ** 0.5  # standard error of a variance, as a share of it
        assert float(theta.var()) == pytest.approx(variance, rel=4 * relative_error)


def test_schemes_that_draw_biases_too_scale_them_by_the_inputs_of_their_neuron():
    land = lm.sigmoid_mlp(
        (16, 4, 1), lm.data.Data(torch.zeros(1, 16).double(), torch.zeros(1, 1).double(), note="none")
    )
    for scheme, shape in (("lecun", lambda inputs: inputs**-0.5), ("uniform", lambda inputs: (3 * inputs) ** -0.5)):
        pieces = land.unpack(lm.starts(land, seeds=range(4000), scheme=scheme))
        for name, inputs in (("W1", 16), ("b1", 16), ("W2", 4), ("b2", 4)):
            assert float(pieces[name].std()) == pytest.approx(shape(inputs), rel=0.05), (scheme, name)
            if scheme == "uniform":
                assert float(pieces[name].abs().max()) <= inputs**-0.5
    with pytest.raises(ValueError, match="belongs to no weights"):
        lm.starts(lm.surface("himmelblau"), seeds=[0], scheme="uniform")


def test_biases_start_at_zero_and_scale_multiplies():
    land = lm.from_module(
        torch.nn.Linear(3, 2).double(), torch.nn.functional.mse_loss, (torch.zeros(1, 3), torch.zeros(1, 2))
    )
    theta = lm.starts(land, seeds=range(2))
    assert torch.equal(land.unpack(theta)["bias"], torch.zeros(2, 2, dtype=torch.float64))
    assert torch.equal(lm.starts(land, seeds=range(2), scale=3.0), 3 * theta)


def test_window_starts_lie_in_the_window():
    land = lm.surface("rosenbrock")
    theta = lm.starts(land, seeds=range(200))
    (left, right), (bottom, top) = land.window
    assert theta[:, 0].min() >= left and theta[:, 0].max() <= right
    assert theta[:, 1].min() >= bottom and theta[:, 1].max() <= top


def test_bad_requests_are_refused_in_words():
    land = lm.teacher_student(2)
    with pytest.raises(ValueError, match=r"no initialisation 'lucky'.*xavier"):
        lm.starts(land, seeds=[1], scheme="lucky")
    with pytest.raises(ValueError, match="needs a landscape with a window"):
        lm.starts(land, seeds=[1], scheme="window")
    with pytest.raises(ValueError, match=r"seed.*-1"):
        lm.starts(land, seeds=[-1])


def test_a_readers_own_memory_settings_win(monkeypatch):
    called = []
    monkeypatch.setattr(devices.ctypes, "CDLL", lambda name: called.append(name) or object())
    monkeypatch.setattr(devices.sys, "platform", "linux")
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "1")
    devices.keep_freed_memory()
    assert called == []
    monkeypatch.delenv("MALLOC_TRIM_THRESHOLD_")
    devices.keep_freed_memory()  # a C library without mallopt, such as musl: nothing happens
    assert called == [None]


def test_every_stream_has_a_number_of_its_own():
    streams = {name: value for name, value in vars(devices).items() if name.isupper() and isinstance(value, int)}
    for name in ("MEMBERS_WORTH_A_GPU", "M_TRIM_THRESHOLD", "M_MMAP_THRESHOLD"):
        del streams[name]
    assert len(streams) == 10 and len(set(streams.values())) == 10


def test_streams_are_apart():
    assert devices.random_stream(5, devices.STARTS).normal() != devices.random_stream(5, devices.NOISE).normal()


def test_the_environment_decides_the_device(monkeypatch):
    monkeypatch.setenv("LMCOURSE_DEVICE", "cpu")
    assert lm.device(10**6) == torch.device("cpu")
    monkeypatch.setenv("LMCOURSE_DEVICE", "mps")
    with pytest.raises(ValueError, match="no float64"):
        lm.device()
    monkeypatch.setenv("LMCOURSE_DEVICE", "toaster")
    with pytest.raises(ValueError, match="must be a device such as cpu or cuda"):
        lm.device()


def test_small_batches_stay_on_the_cpu(monkeypatch):
    monkeypatch.delenv("LMCOURSE_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert lm.device(members=10).type == "cpu"
    assert lm.device(members=100_000).type == "cuda"


@pytest.mark.parametrize(("variables", "calls"), [({}, [1]), ({"OMP_NUM_THREADS": "4"}, [])])
def test_one_thread_unless_the_reader_said_otherwise(monkeypatch, variables, calls):
    for name in devices.THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    seen = []
    monkeypatch.setattr(torch, "set_num_threads", seen.append)
    devices.use_one_thread()
    assert seen == calls
