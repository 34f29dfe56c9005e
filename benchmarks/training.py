"""How fast an ensemble trains, as ratios measured side by side in one run, on one thread.

    python benchmarks/training.py            prints a table and writes benchmarks/training.json

The same gradient steps on the same teacher-student loss (Safran and Shamir 2018), float64, by
    loop    what a student would write: one torch.nn.Module after another, autograd, torch.optim.SGD
    vmap    the documented torch.func recipe for ensembles: vmap(grad(functional_call))
    lm      lm.train: closed-form gradients of the whole batch
Each figure is the best of several repetitions; the loop is run on a few members and scaled up.
"""

from __future__ import annotations

import json
import platform
import time
from pathlib import Path

import torch

import lmcourse as lm
from lmcourse.networks.teacher_student import pair_energy

SIZES = (8, 20)
MEMBERS, STEPS = 1000, 20
LOOP_MEMBERS, REPETITIONS = 5, 5


class Student(torch.nn.Module):
    """The loss as a student writes it down: angles from cosines, one network."""

    def __init__(self, W):
        super().__init__()
        self.W = torch.nn.Parameter(W.clone())
        self.register_buffer("V", torch.eye(W.shape[1], dtype=W.dtype))

    def forward(self):
        same = torch.eye(len(self.W), dtype=torch.bool)
        lengths = self.W.norm(dim=1)
        own = lengths[:, None] * lengths
        cosine = (self.W @ self.W.T / own).masked_fill(same, 0).clamp(-1, 1)
        own = torch.where(same, (self.W**2).sum(1) / 2, pair_energy(own, cosine))
        mixed = pair_energy(lengths[:, None], (self.W @ self.V.T / lengths[:, None]).clamp(-1, 1))
        return own.sum() / 2 - mixed.sum()


def seconds_of_loop(W0) -> float:
    start = time.perf_counter()
    for W in W0[:LOOP_MEMBERS]:
        student = Student(W)
        optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
        for _ in range(STEPS):
            optimizer.zero_grad()
            student().backward()
            optimizer.step()
    return (time.perf_counter() - start) * len(W0) / LOOP_MEMBERS


def seconds_of_vmap(W0) -> float:
    student = Student(W0[0])
    buffers = dict(student.named_buffers())

    def loss_of(W):
        return torch.func.functional_call(student, ({"W": W}, buffers), ())

    gradient_of = torch.func.vmap(torch.func.grad(loss_of))
    W = W0.clone()
    start = time.perf_counter()
    for _ in range(STEPS):
        W = W - 0.1 * gradient_of(W)
    return time.perf_counter() - start


def seconds_of_lmcourse(land, theta0) -> float:
    start = time.perf_counter()
    lm.train(land, theta0, lr=0.1, tol=0, max_steps=STEPS)
    return time.perf_counter() - start


def measure(k: int) -> dict:
    land = lm.teacher_student(k)
    theta0 = lm.starts(land, seeds=range(MEMBERS))
    W0 = theta0.reshape(MEMBERS, k, k)
    expected = torch.autograd.grad(Student.forward(student := Student(W0[0])), student.W)[0]
    torch.testing.assert_close(land.gradient(theta0[0]).reshape(k, k), expected)  # all sides take the same step
    sides = {
        "loop": lambda: seconds_of_loop(W0),
        "vmap": lambda: seconds_of_vmap(W0),
        "lm": lambda: seconds_of_lmcourse(land, theta0),
    }
    for run in sides.values():
        run()  # the first call pays for what is loaded once
    best = {name: min(run() for _ in range(REPETITIONS)) for name, run in sides.items()}
    return {"k": k, **best, "loop / lm": best["loop"] / best["lm"], "vmap / lm": best["vmap"] / best["lm"]}


def main() -> None:
    torch.set_num_threads(1)
    rows = [measure(k) for k in SIZES]
    print(f"{MEMBERS} networks, {STEPS} steps, float64, one thread, best of {REPETITIONS}")
    for row in rows:
        print(", ".join(f"{name} {value:.3g}" for name, value in row.items()))
    environment = {"python": platform.python_version(), "torch": torch.__version__, "machine": platform.machine()}
    result = {"members": MEMBERS, "steps": STEPS, "environment": environment, "rows": rows}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
