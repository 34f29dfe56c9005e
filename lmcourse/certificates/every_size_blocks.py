"""The Hessian at the point with one reversed neuron in scaled directions, for all sizes k at once.

Data types, in words
    Scaled      see `every_size_formulas`
    form        a linear form in the five coordinates of a direction, an arb_mat (1, 5)
    block       (M, G): 2 pi times the Hessian, and the squared length, as quadratic forms in the coordinates

Some eigenvalues of the Hessian grow like k: they belong to directions that change the sum of a column of W or the sum of all
lengths. So these sums are coordinates, and in them every block has a limit for t -> 0. The change of coordinates is
invertible for every finite k. If M - 2 pi bound G is positive definite, no eigenvalue of the Hessian is below `bound`.

The sums over neurons are those of `symmetric_blocks._block`, from the same formula. With u, t the directions of two neurons,
p the unit vector along t - cos th u, q the one along u - cos th t, and turn_i = turning_i / |w_i|,
    2 pi D'HD = sum_i [(pi + turn_i) |D_i|^2 - turn_i (D_i.u_i)^2]
                + sum_(i, j) sin th_ij |w_j| / |w_i| (D_i.p)^2, less the same sum over the teacher's neurons
                + sum_(i, j) [(pi - th_ij) D_i.D_j + (D_i.p) (u_i.D_j) + (D_i.q) (u_j.D_j)],    j different from i
A test compares them at finite k. This module needs no torch.
"""

from __future__ import annotations

from flint import arb, arb_mat

from lmcourse.certificates.every_size_formulas import HALF, Scaled


def _coordinates() -> list[arb_mat]:
    return [arb_mat(1, 5, [int(i == j) for j in range(5)]) for i in range(5)]


def _square(form: arb_mat) -> arb_mat:
    return form.transpose() * form


def _product(first: arb_mat, second: arb_mat) -> arb_mat:
    """The quadratic form first(x) second(x), as a symmetric matrix."""
    return (first.transpose() * second + second.transpose() * first) * HALF


def fixed_block(at: Scaled) -> tuple[arb_mat, arb_mat]:
    """Directions that no exchange moves: x_a, x_f, x_e, x_c, x_d in place of a, f, e, c, d.

    Coordinates: a = x_a, f = sqrt(m) x_f, q = m x_c - x_a (all lengths), p = x_a + m x_e (column 1) and
    r = sqrt(m) (x_f + x_c + (m-1) x_d) (the other columns).
    """
    s, t, right, sine = at.s, at.t, arb.pi() / 2, at.sine
    alpha, epsilon, gamma, delta, first = at.alpha, at.epsilon, at.gamma, at.delta, at.first
    w, w2 = (1 - s).sqrt(), (1 - 2 * s).sqrt()  # t sqrt(m) and t sqrt(m-1)
    a, f, q, p, r = _coordinates()
    c, e = q + a, p - a  # m x_c, m x_e
    c_root = c * (t / w)  # sqrt(m) x_c
    d = r - f - c_root  # sqrt(m) (m-1) x_d
    turn_one, turn_two = at.turning_one / at.one, s * at.turning_two / at.two

    one_one = a * alpha + f * (t * first)  # D_1.u_1
    one_two = a * (w * t * epsilon) + f * (gamma + s * (1 - 2 * s) * delta)  # sqrt(m) D_1.u_i, i > 1
    two_two = e * (s * epsilon) + c * gamma + d * (w * s * t * delta)  # m D_i.u_i
    two_root = two_two * (t / w)  # sqrt(m) D_i.u_i
    two_one = e * (alpha * t / w) + (c_root + d) * (s * at.phi)  # sqrt(m) D_i.u_1
    inner = (gamma + s * (1 - 3 * s) * delta) / (1 - 2 * s)
    two_other = (
        e * (s / w * epsilon) + c_root * (s * t * delta) + d * (t * inner)
    ) * w2  # sqrt(m(m-1)) D_i.u_j, j > 1, j != i
    away = one_two - one_one * (w * t * at.between)  # sqrt(m) sin D_1.p
    back = one_one - one_two * (s * at.between * t / w)  # sin D_1.q
    side = two_other - two_root * (s * t * w2 * at.among)  # sqrt(m(m-1)) sin D_i.p

    length_one, length_two = (
        _square(a) + _square(f),
        _square(e) * (s / (1 - s)) + _square(c_root) + _square(d) * (s / (1 - 2 * s)),
    )
    total = length_one * (2 * right + turn_one) - _square(one_one) * turn_one
    total += length_two * (2 * right + turn_two) - _square(two_root) * turn_two
    total += (
        _square(away) * (at.two / sine["between"])
        - _square(a * (t * first) - f * alpha) * (t * first)  # its own teacher: x_a - alpha D_1.u_1 = t first (...)
        - _square(f - one_one * (t * first)) * (1 / sine["phi"])
    ) * (1 / at.one)
    own = c_root * (t * at.own * at.own) - (e * (epsilon / w) + d * (t * delta)) * gamma
    total += (
        _square(two_one - two_root * (s * at.between)) * (at.one / sine["between"])
        + _square(side) * (at.two / sine["among"])
        - _square(e * (t / w) - two_root * (s * epsilon)) * (1 / sine["epsilon"])
        - _square(own) * (s * s / at.own)  # its own teacher: sqrt(m) (x_c - gamma D_i.u_i) = s t own
        - _square(d * (t / w2) - two_root * (s * t * w2 * delta)) * (1 / sine["delta"])
    ) * (1 / at.two)
    total += (_product(a, e) + _product(f, c_root + d)) * (2 * (right + s * at.tilt_between))
    total += (_product(away, two_one) + _product(back, two_two)) * (2 / sine["between"])
    overlap = _square(e) * ((1 - 2 * s) / (1 - s)) + _product(c_root, d) * 2 + _square(d) * ((1 - 3 * s) / (1 - 2 * s))
    total += overlap * (right + s * s * at.tilt_among)
    total += (
        _product(side, two_other)
        + _square(two_two) * ((1 - 2 * s) / (1 - s))
        - _product(two_other, two_two) * (s * s * at.among * w2 / w)
    ) * (1 / sine["among"])
    return total, length_one + length_two


def moving_block(at: Scaled) -> tuple[arb_mat, arb_mat]:
    """Directions from one v in R^m, sum zero, length one: row 1 is (0, x v); row i has y v_i, then z v_i at i, r v_i + g v_j at j.

    Coordinates: x, y, z, r / t and the sum h of the columns, h = x + z - r + (m-1) g.
    Sums over v: sum_(i != j) (v_i X + v_j Y)^2 = (m-1) (X^2 + Y^2) - 2 X Y.
    """
    s, t, right, sine = at.s, at.t, arb.pi() / 2, at.sine
    alpha, epsilon, gamma, delta, among = at.alpha, at.epsilon, at.gamma, at.delta, at.among
    x, y, z, rho, h = _coordinates()
    n = 1 - 2 * s  # s (m-1)
    r = rho * t
    many = h - x - z + r  # (m-1) g
    g = many * (s / n)
    gap = gamma - s * s * delta
    turn_one, turn_two = at.turning_one / at.one, s * at.turning_two / at.two

    # D_i.u_i = v_i itself, D_i.u_1 = v_i to_one, D_i.u_j = t v_i other + s v_j swap, D_1.u_i = x gap v_i, D_1.u_1 = 0
    itself = y * (s * epsilon) + z * gamma + (rho * (t * n) - g * s) * (s * delta)
    to_one = y * alpha + (z * s + rho * (t * n) - g * s) * at.phi
    other = y * (t * epsilon) + z * (s * t * delta) + rho * gamma + (rho * (s * (1 - 3 * s)) - g * (s * t)) * delta
    swap = many * (gap / n)
    away = to_one - itself * (s * at.between)  # sin D_i.p for neuron 1
    side = other - itself * (s * t * among)  # sin D_i.p for neuron j: t v_i side + s v_j swap

    length = _square(y) + _square(z) + _square(rho) * n + _square(many) * (s / n) - _product(r, g) * 2
    total = _square(x) * (2 * right + turn_one + (at.two * gap * gap / sine["between"] - 1 / sine["phi"]) / at.one)
    total += length * (2 * right + turn_two) - _square(itself) * turn_two
    own = z * (s * at.own * at.own) - (y * epsilon + (rho * (t * n) - g * s) * delta) * gamma
    lean = rho - itself * (s * t * delta)
    total += (
        _square(away) * (at.one / sine["between"])
        + (_square(side) * n + _square(swap) * (s * n) - _product(side, swap) * (2 * s * t)) * (at.two / sine["among"])
        - _square(y - itself * (s * epsilon)) * (1 / sine["epsilon"])
        - _square(own) * (s / at.own)  # its own teacher: z - gamma itself = s own
        - (_square(lean) * n + _square(many) * (s / n) - _product(lean, g) * (2 * t)) * (1 / sine["delta"])
    ) * (1 / at.two)
    total += _product(x, h - x) * (2 * (right + s * at.tilt_between)) + _product(x, away) * (2 * gap / sine["between"])
    overlap = _square(h - x) - _square(y) - _square(z) - _square(rho) * n
    overlap -= (_square(many) - _product(r, many) * 2) * (s / n)
    total += overlap * (right + s * s * at.tilt_among)
    total += (
        _product(side, swap) * (2 * t * n)
        - _product(side, other) * s
        - _square(swap) * (s * s)
        - _square(itself)
        + _product(itself, other) * (s * s * t * among)
    ) * (1 / sine["among"])
    return total, _square(x) + length


def scalars(at: Scaled) -> list[arb]:
    """2 pi times the two numbers of `symmetric_blocks.scalars`, and 2 pi times the one for unused inputs."""
    s, right, own = at.s, arb.pi() / 2, at.s * at.turning_two / at.two
    among = right + s * s * at.tilt_among
    common = 2 * right + own - among - 1 / (at.two * at.sine["delta"])
    gap = at.gamma - s * s * at.delta
    return [common + 2 * gap * gap / at.sine["among"], common, 2 * right + own - among]


def unused_block(at: Scaled) -> tuple[arb_mat, arb_mat]:
    """Along an unused input: coordinates are the weight of neuron 1 and the sum of those of all others, which are equal."""
    s, pi = at.s, arb.pi()
    first = pi + at.turning_one / at.one
    second = (pi + s * at.turning_two / at.two) * (s / (1 - s)) + (pi / 2 + s * s * at.tilt_among) * (
        (1 - 2 * s) / (1 - s)
    )
    off = pi / 2 + s * at.tilt_between
    return arb_mat([[first, off], [off, second]]), arb_mat([[1, 0], [0, s / (1 - s)]])
