"""The path of a GPU with the CPU standing in: what lives on a device stays there, and nothing moves on its own."""

import pytest
import torch

import lmcourse as lm

LANDSCAPES = {
    "teacher-student": lambda: lm.teacher_student(3, 4, 5),
    "sigmoid": lambda: lm.sigmoid_mlp([2, 3, 1], lm.data.xor()),
    "relu": lambda: lm.relu_mlp([2, 3, 1], lm.data.xor()),
    "deep linear": lambda: lm.deep_linear([2, 2, 1], lm.data.xor()),
    "surface": lambda: lm.surface("octopus"),
    "p-spin": lambda: lm.p_spin(5, 3, seed=1),
}


@pytest.mark.parametrize("name", LANDSCAPES)
def test_results_live_where_theta_lives(name):
    """On the meta device a tensor has a place and a shape but no numbers: mixing it with the CPU raises."""
    land = LANDSCAPES[name]()
    theta = torch.zeros(4, land.dim, dtype=torch.float64, device="meta")
    loss, gradient = land.loss_of(theta), (land.gradient_of or land.gradient)(theta)
    assert loss.device.type == gradient.device.type == "meta"
    assert (loss.shape, gradient.shape) == ((4,), (4, land.dim))
