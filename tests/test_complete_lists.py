"""No critical point of the three spin models of lesson 1.2 is missing: their number is that of all complex solutions.

With S the symmetric tensor of the couplings, a direction is critical if S(x, x) = a x. Scaled so that a = 1 these are nine
equations of degree two. They have at most 2^9 = 512 isolated complex solutions (Bezout); one of them is 0, and for a generic
tensor 511 others exist (Cartwright and Sturmfels 2013). Paths from the solutions of the equations d_i x_i^2 = x_i lead to all
of them. In floating point, so this is strong evidence and no proof.
"""

import itertools

import numpy as np
import pytest

from lmcourse.experiments.index_and_height import all_critical_points

N = 9


class Homotopy:
    """(1 - t) gamma (d x^2 - x) + t (S(x, x) - x), with random numbers gamma and d on the unit circle."""

    def __init__(self, S, seed=1):
        draw = np.random.default_rng(seed)
        self.gamma, self.d = np.exp(2j * np.pi * draw.random()), np.exp(2j * np.pi * draw.random(N))
        self.S, self.one = S, np.eye(N)
        self.starts = np.array(list(itertools.product([0, 1], repeat=N))[1:]) / self.d

    def parts(self, x):
        """Both systems at x (points, N), and the matrices S(x, .)."""
        matrices = (x @ self.S.reshape(N, -1)).reshape(-1, N, N)
        return self.gamma * (self.d * x**2 - x), (matrices @ x[:, :, None])[:, :, 0] - x, matrices

    def newton(self, x, t):
        """Newton's step at fixed t, and the speed of the path."""
        first, last, matrices = self.parts(x)
        t = t[:, None, None]
        slopes = (1 - t) * self.gamma * (2 * self.d * x - 1)[:, :, None] * self.one + t * (2 * matrices - self.one)
        inverse = np.linalg.inv(slopes)
        at = (1 - t[:, 0]) * first + t[:, 0] * last
        return [-(inverse @ vector[:, :, None])[:, :, 0] for vector in (at, last - first)]

    def step(self, x, t, h):
        """A step of the fourth order along the path and three of Newton's; where that is good."""
        h = h[:, None]
        slopes = [self.newton(x, t)[1]]
        for part in (0.5, 0.5, 1):
            slopes.append(self.newton(x + part * h * slopes[-1], t + part * h[:, 0])[1])
        x = x + h / 6 * (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3])
        moved = []
        for _ in range(3):
            move = self.newton(x, t + h[:, 0])[0]
            x = x + move
            moved.append(np.linalg.norm(move, axis=1) / np.linalg.norm(x, axis=1))
        return x, (moved[0] < 1e-4) & (moved[2] < 1e-10)

    def ends(self, most=1000):
        """The solutions (511, N) at t = 1, each path with steps of its own."""
        x = self.starts.copy()
        t, h = np.zeros(len(x)), np.full(len(x), 0.01)
        for _ in range(most):
            going = np.flatnonzero(t < 1)
            if not len(going):
                break
            size = np.minimum(h[going], 1 - t[going])
            new, good = self.step(x[going], t[going], size)
            x[going[good]] = new[good]
            t[going[good]] = np.where(size >= 1 - t[going], 1, t[going] + size)[good]
            h[going] = np.where(good, np.minimum(1.5 * h[going], 0.05), h[going] / 2)
        for _ in range(3):
            x = x + self.newton(x, t)[0]
        assert (t == 1).all()
        return x


@pytest.mark.parametrize(("seed", "count"), [(0, 206), (1, 138), (2, 214)])
def test_the_list_of_critical_points_is_complete(seed, count):
    spins = all_critical_points(N, seed)
    S = spins.land.proof[1].numpy()
    x = Homotopy(S / np.abs(S).max()).ends()
    size = np.abs(x).max(axis=1)
    apart = np.abs(x[:, None] - x).max(axis=2) / size[:, None]
    assert len(x) == 511 and apart[~np.eye(511, dtype=bool)].min() > 0.003  # all of them, each once
    imaginary = np.abs(x.imag).max(axis=1) / size
    real = x[imaginary < 1e-9].real
    assert 2 * len(real) == len(spins.points) == count and imaginary[imaginary >= 1e-9].min() > 0.05
    ours = spins.points.theta.numpy() / np.linalg.norm(spins.points.theta.numpy(), axis=1, keepdims=True)
    cosines = np.abs(ours @ (real / np.linalg.norm(real, axis=1, keepdims=True)).T)
    assert ((cosines > 1 - 1e-10).sum(axis=0) == 2).all() and ((cosines > 1 - 1e-10).sum(axis=1) == 1).all()
