"""How exact losses, derivatives and verdicts are in float64 and float32; the tables of docs/numerical_stability.md.

    python benchmarks/numerical_stability.py        measures, and writes the tables into the page

The reference is the closed form of the loss in ball arithmetic with 600 bits (python-flint), with derivatives from differences: it
shares no formula with the package beyond the loss itself. It is evaluated at exactly the numbers that the package was given.
"""

from __future__ import annotations

import math
from pathlib import Path

import flint
import torch

import lmcourse as lm
from lmcourse.networks.linear import deep_linear
from lmcourse.networks.relu import relu_mlp
from lmcourse.networks.sigmoid import tanh_mlp

PAGE = Path(__file__).parent.parent / "docs" / "numerical_stability.md"
DTYPES = (torch.float64, torch.float32)
BITS, STEP = 600, flint.arb(2) ** -150
ANGLES = {"1": 1.0, "1e-3": 1e-3, "1e-6": 1e-6, "1e-9": 1e-9, "0": 0.0, "pi - 1e-6": math.pi - 1e-6}


# ------------------------------------------------------------------------------------- near parallel neurons


def neurons(angle: float, dtype=torch.float64) -> torch.Tensor:
    """Two student neurons in the plane that enclose this angle, away from the teacher's directions: theta (4,)."""
    first, second = (torch.tensor([math.cos(a), math.sin(a)], dtype=torch.float64) for a in (0.7, 0.7 + angle))
    return torch.cat([first, first * 1.5 if angle == 0 else 1.5 * second]).to(dtype)


def exact_loss(theta: list[flint.arb]) -> flint.arb:
    """F of two students and two teachers: f(w, v) = (|w x v| + (pi - angle) w.v) / (2 pi)."""
    one, zero = flint.arb(1), flint.arb(0)
    students, teachers = [theta[:2], theta[2:]], [[one, zero], [zero, one]]

    def f(w, v):
        cross, dot = abs(w[0] * v[1] - w[1] * v[0]), w[0] * v[0] + w[1] * v[1]
        return (cross + (flint.arb.pi() - flint.arb.atan2(cross, dot)) * dot) / (2 * flint.arb.pi())

    def total(left, right):
        return sum((f(w, v) for w in left for v in right), zero)

    return total(students, students) / 2 - total(students, teachers) + total(teachers, teachers) / 2


def exact(theta: torch.Tensor) -> tuple[float, torch.Tensor, torch.Tensor]:
    """Loss, gradient (4,) and Hessian (4, 4) at these very numbers, rounded to float64 at the end."""
    flint.ctx.prec = BITS
    point = [flint.arb(value) for value in theta.double().tolist()]

    def at(*moves):
        moved = list(point)
        for axis, sign in moves:
            moved[axis] = moved[axis] + sign * STEP
        return exact_loss(moved)

    size = range(len(point))
    gradient = [float(((at((i, 1)) - at((i, -1))) / (2 * STEP)).mid()) for i in size]
    mixed = [
        [at((i, 1), (j, 1)) - at((i, 1), (j, -1)) - at((i, -1), (j, 1)) + at((i, -1), (j, -1)) for j in size]
        for i in size
    ]
    hessian = [[float((entry / (4 * STEP**2)).mid()) for entry in row] for row in mixed]
    return float(at().mid()), torch.tensor(gradient, dtype=torch.float64), torch.tensor(hessian, dtype=torch.float64)


def errors_at(angle: float, dtype) -> dict[str, float]:
    """The largest error of an entry of loss, gradient and Hessian; all of them are of size one here."""
    land, theta = lm.teacher_student(k=2), neurons(angle, dtype)
    automatic = lm.Landscape("automatic", land.shapes, land.loss_of)
    loss, gradient, hessian = exact(theta)
    return {
        "loss": abs(float(land.loss(theta)) - loss),
        "gradient": float((land.gradient(theta).double() - gradient).abs().max()),
        "Hessian": float((land.hessian(theta).double() - hessian).abs().max()),
        "gradient by automatic differentiation": float((automatic.gradient(theta).double() - gradient).abs().max()),
    }


def loss_at_the_teacher(dtype) -> float:
    """The largest |loss| at ten points 1e-9 away from the teacher, k = 20, where it is below 1e-16: what cancellation leaves."""
    noise = torch.sin(torch.arange(4000, dtype=torch.float64)).reshape(10, 400)
    theta = torch.eye(20, dtype=torch.float64).flatten() + 1e-9 * noise
    return float(lm.teacher_student(k=20).loss(theta.to(dtype)).abs().max())


# ------------------------------------------------------------------------------------- refine and classify


def refined(k: int, dtype) -> dict[str, float]:
    """`refine` near the minimum with one reversed neuron, against the solution from five numbers in float64."""
    land, minimum = lm.teacher_student(k), lm.symmetric_minimum(k).flatten()
    near = minimum + 1e-4 * torch.sin(torch.arange(land.dim, dtype=torch.float64))
    points = lm.refine(land, near.to(dtype))
    return {"gradient norm": float(points.grad_norm), "distance": float((points.theta[0].double() - minimum).norm())}


def points_with_zeros() -> dict[str, tuple[lm.Landscape, torch.Tensor, int]]:
    """Minima and how many of their eigenvalues are exactly zero: landscape, theta (P,) in float64, count.

    At loss zero the Hessian is 2 J'J with J (outputs, P), so that P - rank(J) eigenvalues are zero.
    """
    eye, mixed = (
        torch.eye(3, dtype=torch.float64),
        torch.tensor([[2.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0]]).double(),
    )
    linear = deep_linear([3, 3, 3], lm.data.Data(eye, eye))
    relu, tanh = relu_mlp([2, 2, 1], lm.data.xor()), tanh_mlp([2, 8, 1], lm.data.xor())
    solved = {"W1": [[1, 1], [1, 1]], "b1": [0.5, -0.5], "W2": [[3, -4]], "b2": [-1.5]}
    solved = relu.pack(**{name: torch.tensor(value, dtype=torch.float64) for name, value in solved.items()})
    trained = lm.train(tanh, lm.starts(tanh, seeds=[0]), lr=0.03, tol=1e-13, max_steps=50_000).theta[0]
    return {
        "one reversed neuron, k = 6": (lm.teacher_student(6), lm.symmetric_minimum(6).flatten(), 0),
        "linear network, W2 W1 = I": (linear, linear.pack(W1=mixed, W2=torch.linalg.inv(mixed)), 18 - 9),
        "ReLU, exclusive or": (relu, solved, 9 - 4),
        "tanh, exclusive or": (tanh, trained, 33 - 4),
    }


def zeros(land: lm.Landscape, theta: torch.Tensor, count: int, dtype) -> dict[str, object]:
    """The largest zero and the smallest other eigenvalue as shares of the largest of all, and the word of `classify`."""
    found = lm.classify(land, lm.refine(land, theta.to(dtype)).theta)[0]
    shares = (found.eigenvalues.abs() / found.eigenvalues.abs().max()).sort().values.tolist()
    return {"largest zero": shares[count - 1] if count else 0.0, "smallest other": shares[count], "kind": found.kind}


# ------------------------------------------------------------------------------------------------ the page


def table(columns: list[str], rows: list[list]) -> str:
    def cell(value) -> str:
        return value if isinstance(value, str) else ("0" if value == 0 else f"{value:.0e}")

    lines = [columns, ["---"] * len(columns), *([cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def tables() -> dict[str, str]:
    names = {torch.float64: "float64", torch.float32: "float32"}
    angles = [
        [name, names[dtype], *errors_at(angle, dtype).values()] for name, angle in ANGLES.items() for dtype in DTYPES
    ]
    newton = [[f"k = {k}", names[dtype], *refined(k, dtype).values()] for k in (6, 10, 20) for dtype in DTYPES]
    spectra = [
        [name, f"{count} of {land.dim}", names[dtype], *zeros(land, theta, count, dtype).values()]
        for name, (land, theta, count) in points_with_zeros().items()
        for dtype in DTYPES
    ]
    cancelled = [[names[dtype], loss_at_the_teacher(dtype)] for dtype in DTYPES]
    return {
        "angles": table(
            ["angle", "dtype", "loss", "gradient", "Hessian", "gradient by automatic differentiation"], angles
        ),
        "cancellation": table(["dtype", "loss"], cancelled),
        "refine": table(["minimum", "dtype", "gradient norm after refine", "distance to the solution"], newton),
        "zeros": table(
            ["point", "zeros", "dtype", "largest zero", "smallest other eigenvalue", "classify says"], spectra
        ),
    }


def main() -> None:
    torch.set_num_threads(1)
    text = PAGE.read_text(encoding="utf-8")
    for name, written in tables().items():
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        end = f"<!-- end of {name} -->"
        text = f"{before}{begin}{written}\n{end}{rest.partition(end)[2]}"
        print(f"\n{name}\n{written}")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
