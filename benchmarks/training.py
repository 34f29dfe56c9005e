"""How fast an ensemble trains, as ratios measured side by side in one run, on one thread.

    python benchmarks/training.py            prints a table and writes benchmarks/training.json

The same gradient steps on the same teacher-student loss (Safran and Shamir 2018), float64, by
    loop      what a student would write: one torch.nn.Module after another, autograd, torch.optim.SGD
    vmap      the documented torch.func recipe for ensembles: vmap(grad(functional_call))
    jax       jax.jit(jax.vmap(jax.grad)), where JAX is installed (python -m pip install jax)
    eager     lm.train as it is
    compiled  lm.train with engine="compiled", where there is a C++ compiler
and, as the floor below all of them, the bare arccos and square root of every pair of neurons that has to be looked at.
Each figure is the best of several repetitions, in milliseconds a step; the loop is run on a few members and scaled up.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import torch
from common import best_seconds, write

import lmcourse as lm
from lmcourse.engine import has_compiler
from lmcourse.networks.teacher_student import pair_energy

SIZES = (8, 20)
MEMBERS, STEPS = 1000, 100  # enough steps that what happens once (checks, the last loss) does not count as a step
LOOP_MEMBERS = 5
LR = 0.1


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


def loop(W0) -> None:
    for W in W0[:LOOP_MEMBERS]:
        student = Student(W)
        optimizer = torch.optim.SGD(student.parameters(), lr=LR)
        for _ in range(STEPS):
            optimizer.zero_grad()
            student().backward()
            optimizer.step()


def with_vmap(W0) -> Callable[[], object]:
    student = Student(W0[0])
    buffers = dict(student.named_buffers())
    gradient_of = torch.func.vmap(
        torch.func.grad(lambda W: torch.func.functional_call(student, ({"W": W}, buffers), ()))
    )

    def run():
        W = W0
        for _ in range(STEPS):
            W = W - LR * gradient_of(W)
        return W

    return run


def with_jax(W0) -> Callable[[], object]:
    import jax

    jax.config.update("jax_enable_x64", True)
    jnp, n = jax.numpy, W0.shape[1]

    def energy(product, cosine):
        return product * (jnp.sqrt(1 - cosine**2) + (jnp.pi - jnp.arccos(cosine)) * cosine) / (2 * jnp.pi)

    def loss(W):
        same = jnp.eye(n, dtype=bool)
        squares = (W**2).sum(1)
        lengths = jnp.sqrt(squares)
        own = lengths[:, None] * lengths
        cosine = jnp.clip(jnp.where(same, 0, W @ W.T / own), -1, 1)
        own = jnp.where(same, squares / 2, energy(own, cosine))
        return own.sum() / 2 - energy(lengths[:, None], jnp.clip(W / lengths[:, None], -1, 1)).sum()

    step = jax.jit(lambda W: W - LR * jax.vmap(jax.grad(loss))(W))
    start = jnp.asarray(W0.numpy())

    def run():
        W = start
        for _ in range(STEPS):
            W = step(W)
        return W.block_until_ready()

    return run


def best_milliseconds(run: Callable[[], object], scale: float = 1.0) -> float:
    """Milliseconds a step."""
    return round(1000 * scale * best_seconds(run) / STEPS, 4)


def floor(k: int) -> Callable[[], None]:
    pairs = torch.rand(k * (k - 1) // 2 + k * k, MEMBERS, dtype=torch.float64)

    def run():
        for _ in range(STEPS):
            pairs.acos()
            pairs.sqrt()

    return run


def measure(k: int) -> dict:
    land = lm.teacher_student(k)
    theta0 = lm.starts(land, seeds=range(MEMBERS))
    W0 = theta0.reshape(MEMBERS, k, k)
    student = Student(W0[0])
    student().backward()
    torch.testing.assert_close(land.gradient(theta0[0]).reshape(k, k), student.W.grad)  # all sides take the same step

    def train(engine):
        return lambda: lm.train(land, theta0, lr=LR, tol=0, max_steps=STEPS, engine=engine)

    times = {
        "floor": best_milliseconds(floor(k)),
        "loop": best_milliseconds(lambda: loop(W0), scale=MEMBERS / LOOP_MEMBERS),
        "vmap": best_milliseconds(with_vmap(W0)),
        "eager": best_milliseconds(train("eager")),
    }
    if importlib.util.find_spec("jax"):
        times["jax"] = best_milliseconds(with_jax(W0))
    if has_compiler():
        times["compiled"] = best_milliseconds(train("compiled"))
    return {"k": k, "milliseconds a step": times, "ratios": ratios(times)}


def ratios(times: dict[str, float]) -> dict[str, float]:
    """Each rival over each of our engines, and each engine over the floor."""
    ours = [engine for engine in ("eager", "compiled") if engine in times]
    rivals = [name for name in ("loop", "vmap", "jax") if name in times]
    table = {f"{rival} / {engine}": times[rival] / times[engine] for engine in ours for rival in rivals}
    table |= {f"{engine} / floor": times[engine] / times["floor"] for engine in ours}
    return {name: round(value, 2) for name, value in table.items()}


def main() -> None:
    torch.set_num_threads(1)
    rows = [measure(k) for k in SIZES]
    print(f"{MEMBERS} networks, {STEPS} steps, float64, one thread")
    for row in rows:
        print(f"k = n = {row['k']}")
        for title in ("milliseconds a step", "ratios"):
            print(f"  {title}: " + ", ".join(f"{name} {value:.3g}" for name, value in row[title].items()))
    write(__file__, {"members": MEMBERS, "steps": STEPS, "rows": rows})


if __name__ == "__main__":
    main()
