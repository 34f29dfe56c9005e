"""Every arithmetic sign and number in the formulas of the proofs is changed once, and a comparison with torch notices each.

The comparisons are those of the tests of the formulas themselves: loss, gradient and Hessian by automatic differentiation of the
loss that lessons train on. What no comparison can notice is listed here, with the reason.
"""

import numpy as np
import pytest
import torch
from flint import arb, fmpq
from mutants import mistakes, reloaded, replaced

import lmcourse as lm
from lmcourse.certificates import formulas, jets, symmetric_blocks, tangents, teacher_student
from lmcourse.certificates.models import model_of
from lmcourse.certificates.rounding import precision
from lmcourse.data import Data
from lmcourse.landscape import Landscape
from lmcourse.networks.dense import fully_connected

DOUBLE = torch.float64
TOLERANCE = 1e-9


def check_mistakes(module, is_wrong, every: int, least: int, harmless=(), skip=()):
    """Every mutant is noticed by the comparison or stops with an error; harmless : parts of the lines that may pass."""
    assert not is_wrong(module)
    passed, count = [], 0
    for what, mutant in mistakes(module, every, skip):
        count += 1
        try:
            noticed = is_wrong(mutant)
        except Exception:  # noqa: BLE001  a refusal, a wrong shape, a division by zero
            noticed = True
        if not noticed and not any(part in what for part in harmless):
            passed.append(what)
    assert not passed, f"{len(passed)} of {count} mistakes pass:\n" + "\n".join(passed)
    assert count >= least // every


SOME_OR_ALL = pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.slow)])


def refuses(compute, error) -> bool:
    try:
        compute()
    except error:
        return True
    return False


def plain(land: Landscape) -> Landscape:
    """The same loss, whose derivatives come from automatic differentiation."""
    return Landscape("automatic differentiation", land.shapes, land.loss_of)


def floats(values) -> np.ndarray:
    return np.array([float(value) for value in values])


# ----------------------------------------------------------------------------------------- the blocks of any size


class BlocksSeen:
    """The dense Hessian, loss and gradient at a symmetric point, computed once."""

    def __init__(self, k: int):
        self.k, self.values = k, [-0.66, 0.2, 0.31, 1.04, -0.04]
        a, f, e, c, d = self.values
        W = torch.full((k, k), d, dtype=DOUBLE).fill_diagonal_(c)
        W[:, 0], W[0, :], W[0, 0] = e, f, a
        land = plain(lm.teacher_student(k))
        rows, columns = torch.eye(k)[0].double(), torch.eye(k)[0].double()
        first = torch.outer(rows, columns)
        others = torch.ones(k, dtype=DOUBLE) - rows
        directions = [first, torch.outer(rows, others), torch.outer(others, columns), torch.eye(k).double() - first]
        directions.append(torch.outer(others, others) - directions[3])
        D = torch.stack([direction.flatten() / direction.norm() for direction in directions])
        self.loss = float(land.loss(W.flatten()))
        self.gradient = (D @ land.gradient(W.flatten())).numpy()
        self.spectrum = torch.linalg.eigvalsh(land.hessian(W.flatten())).numpy()
        wide = torch.cat([W, torch.zeros(k, 1, dtype=DOUBLE)], dim=1)  # one input that nobody uses
        M = plain(lm.teacher_student(k, d=k + 1)).hessian(wide.flatten()).reshape(k, k + 1, k, k + 1)[:, k, :, k]
        self.unused = torch.linalg.eigvalsh(M).numpy()

    def is_wrong(self, module) -> bool:
        with precision(128):
            shape = module.Shape([arb(value) for value in self.values], self.k)
            found = [
                (np.linalg.eigvalsh(floats(b.entries()).reshape(b.nrows(), -1)), n) for b, n in module.blocks(shape)
            ]
            loss, gradient = float(module.loss(shape)), floats(module.gradient(shape))
        spectrum = np.sort(np.concatenate([np.tile(part, times) for part, times in found]))
        unused = np.sort(np.concatenate([found[-2][0], np.tile(found[-1][0], self.k - 2)]))
        pairs = [(loss, self.loss), (gradient, self.gradient), (spectrum, self.spectrum), (unused, self.unused)]
        return any(np.shape(a) != np.shape(b) or not np.allclose(a, b, rtol=0, atol=TOLERANCE) for a, b in pairs)


HARMLESS_IN_BLOCKS = [
    "if float(cosine) < 0 else",  # both ways to an angle are right
    "row_x[0], row_x[2], row_x[1], row_x[3]]  [2 -> 3",  # rows 2 and 3 of x are equal
    "if not (one > 0 and two > 0):",  # a guard
    "for row, sign in ((1, 1), (2, -1), (3, 0), (4, 0))  [3 -> 4",  # any row beyond the two of v
    "for row, sign in ((1, 1), (2, -1), (3, 0), (4, 0))  [4 -> 5",
    "for row, sign in ((1, 1), (2, -1), (3, 0), (4, 0))  [0 -> 1, column 55]",  # y is seen from x, which has 0 there
    "for own in range(1, last + 1)  [1 -> 2, column 35]",  # one unit vector more than is read
    "for i in range(last + 2)]",  # one entry more than is read
    "for sort, size in ((0, one), (1, two)))  [1 -> 2",  # turning asks whether the sort is 0
    "(shape.turning(1) / two - among.back",  # the same
]


@SOME_OR_ALL
def test_a_mistake_in_any_block_is_noticed(every):
    seen = [BlocksSeen(7), BlocksSeen(6)]
    check_mistakes(
        symmetric_blocks, lambda module: any(size.is_wrong(module) for size in seen), every, 500, HARMLESS_IN_BLOCKS
    )


# ----------------------------------------------------------------------------------------- teacher and student


class TeacherSeen:
    """Loss, gradient and Hessian of teacher-student networks by automatic differentiation, and M for inputs that nobody uses."""

    def __init__(self):
        Q = torch.linalg.qr(torch.randn(4, 3, generator=torch.Generator().manual_seed(0)).double()).Q.mT
        lands = [lm.teacher_student(2, 3, 4), lm.teacher_student(3, 2, 4, teacher=Q)]
        self.cases = []
        for land in lands:
            theta = lm.starts(land, seeds=[4])[0]
            recipe = dict(zip(("k", "n", "d", "teacher"), land.proof[1:], strict=True)) | {"wide": False}
            self.cases.append((recipe, theta.tolist(), self.seen(land, theta)))
        narrow = lm.starts(lm.teacher_student(2, 3), seeds=[5])[0].reshape(3, 2)
        wide = torch.cat([narrow, torch.zeros(3, 2, dtype=DOUBLE)], dim=1).flatten()
        land = lm.teacher_student(2, 3, 4)
        loss, gradient, hessian = self.seen(land, wide)
        hessian = hessian.reshape(3, 4, 3, 4)
        both = np.zeros((9, 9))
        both[:6, :6], both[6:, 6:] = hessian[:, :2, :, :2].reshape(6, 6), hessian[:, 2, :, 2]
        gradient = gradient.reshape(3, 4)[:, :2].ravel()
        recipe = {"k": 2, "n": 3, "d": 4, "teacher": None, "wide": True}
        self.cases.append((recipe, wide.tolist(), (loss, gradient, both)))

    @staticmethod
    def seen(land, theta):
        smooth = plain(land)
        return float(smooth.loss(theta)), smooth.gradient(theta).numpy(), smooth.hessian(theta).numpy()

    def is_wrong(self, module) -> bool:
        for recipe, theta, (loss, gradient, hessian) in self.cases:
            with precision(128):
                land, x = module.enclosures(recipe), [arb(value) for value in theta]
                H = land.hessian(x)
                pairs = [(float(land.loss(x)), loss), (floats(land.gradient(x)), gradient)]
                pairs.append((floats(H.entries()).reshape(H.nrows(), -1), hessian))
            if any(np.shape(a) != np.shape(b) or not np.allclose(a, b, rtol=0, atol=TOLERANCE) for a, b in pairs):
                return True
            if land.known_minimum != (0.0 if recipe["n"] >= recipe["k"] else None):
                return True
        return not self.encloses_what_touches_the_teacher(module)

    @staticmethod
    def encloses_what_touches_the_teacher(module) -> bool:
        """On a box in which the student may be parallel to the teacher the Hessian is bounded by its size alone."""
        true = plain(lm.teacher_student(3))
        land = module.enclosures({"k": 3, "n": 3, "d": 3, "teacher": None, "wide": False})
        eye, noise = torch.eye(3, dtype=DOUBLE).flatten(), torch.Generator().manual_seed(0)
        with precision(64):
            box = land.hessian([arb(value, 1e-3) for value in eye.tolist()]).entries()
        for _ in range(20):
            inside = eye + 1e-3 * (2 * torch.rand(9, generator=noise, dtype=DOUBLE) - 1)
            if not all(
                ball.contains(arb(value))
                for ball, value in zip(box, true.hessian(inside).flatten().tolist(), strict=True)
            ):
                return False
        return max(float(ball.rad()) for ball in box) < 0.1


HARMLESS_IN_TEACHER = [
    "size > 0 for size in (k, n, d))",  # guards, which refuse more or leave it to the next one
    "if not near > 0 and not far > 0:",
    "return square.sqrt() if square > 0 else",  # both enclose the root
    "turning -= sum((_pair(u, t).sine * length for",  # there the teacher's neurons are the unit vectors, of length one
    "n, d = len(W), len(W[0])",  # all neurons are equally long
    "M = [[arb(0)] * n for _ in range(n)]",  # all entries are set
    "return [arb(0, 1)] * len(u)",  # products of such balls are so wide that they still hold all there is
]


@SOME_OR_ALL
def test_a_mistake_in_the_teacher_student_formulas_is_noticed(every):
    check_mistakes(teacher_student, TeacherSeen().is_wrong, every, 120, HARMLESS_IN_TEACHER, ("prove", "prove_again"))


# ----------------------------------------------------------------------------------------- networks on data


SOFTPLUS = {"loss": "squared", "output": "linear", "reduction": "sum", "weight_decay": 0.0}


class NetworksSeen:
    """Loss, gradient and Hessian of every family and cost on data, by automatic differentiation."""

    def __init__(self):
        x = torch.tensor([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]], dtype=DOUBLE)
        one, two = Data(x, torch.tensor([0.0, 1.0, 1.0], dtype=DOUBLE)), Data(x, x.flip(1) + 0.5)
        lands = [
            lm.sigmoid_mlp([2, 2, 1], one, "log", weight_decay=0.3),
            lm.sigmoid_mlp([2, 2, 1], one, reduction="mean"),
            lm.tanh_mlp([2, 2, 2, 2], two),
            lm.tanh_mlp([2, 2, 3], Data(x, torch.tensor([0, 2, 1])), "cross_entropy"),
            lm.relu_mlp([2, 3, 2], two, weight_decay=0.2),
            fully_connected(
                "softplus",
                [2, 2, 1],
                "softplus",
                one,
                loss="squared",
                output="linear",
                reduction="sum",
                weight_decay=0.0,
            ),
            lm.deep_linear((2, 3, 2), two),
            lm.quadratic_net(3, one, decay=0.7, tilt=lm.random_tilt(2, 0.4), negative=1),
            lm.quadratic_net(2, one, loss="log", reduction="mean"),
            lm.surface("octopus"),
        ]
        self.cases = []
        for land in lands:
            theta = lm.starts(land, seeds=[1])[0] + 0.07
            self.cases.append((model_of(land), land.dim, theta.tolist(), TeacherSeen.seen(land, theta)))

    def is_wrong(self, formulas_module, jets_module=jets) -> bool:
        for model, size, theta, (loss, gradient, hessian) in self.cases:
            if formulas_module.size_of(model) != size:
                return True
            found = jets_module.derivatives(formulas_module.loss_of(model), [arb(value) for value in theta])
            pairs = [(float(found[0]), loss), (floats(found[1].entries()), gradient)]
            pairs.append((floats(found[2].entries()).reshape(size, size), hessian))
            value = float(arb(0) + formulas_module.loss_of(model)([arb(number) for number in theta]))
            if any(not np.allclose(a, b, rtol=0, atol=TOLERANCE) for a, b in [*pairs, (value, loss)]):
                return True
        return False

    def is_wrong_with(self, mutant_of_jets) -> bool:
        derivatives = mutant_of_jets.derivatives
        simple = [  # formulas whose jets have no Hessian, or are none, and a number less a jet
            (derivatives(lambda t: 5, [fmpq(1), fmpq(2)]), (5, [0, 0], [0, 0, 0, 0])),
            (derivatives(lambda t: t[1] * 3, [fmpq(1), fmpq(2)]), (6, [0, 3], [0, 0, 0, 0])),
            (derivatives(lambda t: 2 - t[0] * t[1], [fmpq(1), fmpq(3)]), (-1, [-3, -1], [0, -1, -1, 0])),
            (derivatives(lambda t: mutant_of_jets.tanh(t[0]), [fmpq(0)]), (0, [1], [0])),
        ]
        if any((int(f), list(g.entries()), list(h.entries())) != expected for (f, g, h), expected in simple):
            return True
        for kink in (arb(0, 0.1), arb(-0.5, 0.5), arb(0.5, 0.5), fmpq(0)):
            if not refuses(lambda kink=kink: mutant_of_jets.relu(kink), mutant_of_jets.KinkError):
                return True
        with replaced(mutant_of_jets):
            return self.is_wrong(reloaded(formulas), mutant_of_jets)


HARMLESS_IN_FORMULAS = [
    "len(x[0])", 'len(model["x"][0])', 'len(model["terms"][0])',  # all samples, and all terms, are equally long
]  # fmt: skip


@SOME_OR_ALL
def test_a_mistake_in_the_losses_of_networks_is_noticed(every):
    check_mistakes(formulas, NetworksSeen().is_wrong, every, 30, HARMLESS_IN_FORMULAS)


@SOME_OR_ALL
def test_a_mistake_in_the_derivatives_is_noticed(every):
    check_mistakes(jets, NetworksSeen().is_wrong_with, every, 50)


# ----------------------------------------------------------------------------------------- symmetries


class SymmetriesSeen:
    """The loss does not change along a tangent, and there are as many directions as the landscape's own symmetries have."""

    def __init__(self):
        x = torch.tensor([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]], dtype=DOUBLE)
        two = Data(x, x.flip(1) + 0.5)
        lands = [
            (13, 12, lm.deep_linear((2, 3, 2, 2), two)),  # W2 E = 0 and E W1 = 0 have one common solution
            (5, 5, lm.relu_mlp([2, 3, 2, 2], two)),
            (4, 4, lm.quadratic_net(5, Data(x, x[:, 0]), negative=2)),
            (0, 0, lm.tanh_mlp([2, 2, 2], two)),
            (0, 0, lm.relu_mlp([2, 2, 2], two, weight_decay=0.1)),
            (0, 0, lm.surface("octopus")),
        ]
        self.cases = []
        for count, rank, land in lands:
            theta = lm.starts(land, seeds=[2])[0] + 0.05
            self.cases.append((model_of(land), count, rank, theta.tolist(), plain(land).gradient(theta).numpy()))

    def is_wrong(self, module) -> bool:
        for model, count, rank, theta, gradient in self.cases:
            rows = np.array([floats(row) for row in module.tangents(model, theta)]).reshape(-1, len(theta))
            found = np.linalg.matrix_rank(rows) if len(rows) else 0
            if (len(rows), found) != (count, rank) or not np.allclose(rows @ gradient, 0, atol=TOLERANCE):
                return True
        return False


@SOME_OR_ALL
def test_a_mistake_in_the_symmetries_is_noticed(every):
    check_mistakes(tangents, SymmetriesSeen().is_wrong, every, 40)
