"""The equations of the point with one reversed neuron in scaled unknowns, for all sizes k at once, also in the limit of infinite k.

Data types, in words
    t           k ** (-1/2), a ball; s = t * t = 1/k. Also a power series of length 2, for derivatives along t
    unknowns    (A, F, E, C, D): a = -1 + s A, f = s F, e = s E, c = 1 + s^2 C, d = s^2 D are the five values of `symmetric_blocks`
    Scaled      what follows from them, each quantity divided by its power of t, so that nothing below divides by t

With m = k - 1 = (1 - s) / s and sqrt(m) f = t sqrt(1 - s) F all quantities are analytic in t, at t = 0 too. Where 0/0 would
arise, one of three identities stands instead:
    sqrt(1 - x^2) - 1 = -x^2 / (1 + sqrt(1 - x^2)),  and  n - 1 = (n^2 - 1) / (1 + n) for a length n
    asin(x) = x (1 + x^2/6 + ...) = x 2F1(1/2, 1/2; 3/2; x^2)
    x sqrt(1 - x^2) - asin(x) = -(2/3) x^3 2F1(1/2, 3/2; 5/2; x^2), as its derivative is -2 x^2 / sqrt(1 - x^2)
Angles th enter as pi - th = pi/2 + asin(cos th); near 0 and pi, where cos th is near 1 and -1, as asin(sin th).

A test compares everything here with `symmetric_blocks` at random points of finite size, to 100 digits.
This module needs no torch.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, arb_series

HALF = arb(1) / 2


def _hypergeometric(z, p: arb, q: arb, r: arb):
    """2F1(p, q; r; z) of a ball or of a power series of length 2; its derivative is p q / r 2F1(p+1, q+1; r+1; z)."""
    if isinstance(z, arb_series):
        slope = p * q / r * z[0].hypgeom_2f1(p + 1, q + 1, r + 1)
        return arb_series([z[0].hypgeom_2f1(p, q, r), slope * z[1]], 2)
    return z.hypgeom_2f1(p, q, r)


def arcsine_ratio(z):
    """asin(x) / x at z = x^2.

    >>> arcsine_ratio(arb(0)) == 1, (3 * arcsine_ratio(arb(0.25))).overlaps(arb.pi())            # asin(1/2) = pi/6
    (True, True)
    """
    return _hypergeometric(z, HALF, HALF, 3 * HALF)


def segment_ratio(z):
    """(asin(x) - x sqrt(1 - x^2)) / x^3 at z = x^2: 2/3 at zero."""
    return _hypergeometric(z, HALF, 3 * HALF, 5 * HALF) * 2 / 3


def arcsine_remainder(z):
    """(arcsine_ratio(z) - 1) / z, for z >= 0, from the mean value theorem: the slope of arcsine_ratio somewhere between 0 and z.

    Its own slope is the mean of u times the second derivative at u z, over u from 0 to 1.
    """
    between = (z[0] if isinstance(z, arb_series) else z).union(arb(0))
    value = between.hypgeom_2f1(3 * HALF, 3 * HALF, 5 * HALF) / 6
    if not isinstance(z, arb_series):
        return value
    return arb_series([value, between.hypgeom_2f1(5 * HALF, 5 * HALF, 7 * HALF) * 3 / 40 * z[1]], 2)


class Scaled:
    """Lengths, cosines and sines of all angles.

    Cosines with the teacher: alpha and s phi for neuron 1; s epsilon, gamma (its own) and s^2 delta for any other. Cosines between
    students: s between for neuron 1 and another, s^2 among for two others.
    """

    def __init__(self, t, unknowns: Sequence):
        A, F, E, C, D = self.unknowns = unknowns
        self.t, self.s = t, t * t
        s, s2 = self.s, self.s * self.s
        self.a, self.c = s * A - 1, s2 * C + 1
        one_surplus = s * A * A - 2 * A + (1 - s) * F * F  # (one^2 - 1) / s
        two_surplus = s2 * C * C + 2 * C + E * E + s * (1 - 2 * s) * D * D  # (two^2 - 1) / s^2
        self.one, self.two = (1 + s * one_surplus).sqrt(), (1 + s2 * two_surplus).sqrt()
        self.surplus = one_surplus, two_surplus
        self.alpha, self.phi = self.a / self.one, F / self.one
        self.epsilon, self.gamma, self.delta = E / self.two, self.c / self.two, D / self.two
        phi, epsilon, gamma, delta = self.phi, self.epsilon, self.gamma, self.delta
        self.between = self.alpha * epsilon + phi * (gamma + s * (1 - 2 * s) * delta)
        self.among = epsilon * epsilon + 2 * gamma * delta + s * (1 - 3 * s) * delta * delta
        self.first = (1 - s).sqrt() * phi  # sine of neuron 1 and its teacher, over t
        self.own = (
            epsilon * epsilon + s * (1 - 2 * s) * delta * delta
        ).sqrt()  # of another and its own teacher, over s
        self.bend = {  # x^2 / (1 + sine) = (1 - sine) / (power of s) for the angles near pi/2
            "between": _bend(self.between, s2),
            "among": _bend(self.among, s2 * s2),
            "phi": _bend(phi, s2),
            "epsilon": _bend(epsilon, s2),
            "delta": _bend(delta, s2 * s2),
        }
        self.sine = {
            name: 1 - bend * (s2 * s2 if name in ("among", "delta") else s2) for name, bend in self.bend.items()
        }
        self.tilt_between = self.between * arcsine_ratio(s2 * self.between * self.between)  # asin(cosine) / s
        self.tilt_among = self.among * arcsine_ratio(s2 * s2 * self.among * self.among)  # asin(cosine) / s^2
        self.longer = one_surplus / (1 + self.one), two_surplus / (1 + self.two)  # (one - 1) / s and (two - 1) / s^2
        self._turn()

    def _turn(self) -> None:
        """`Shape.turning`: of neuron 1 it is turning_one, of each other s * turning_two."""
        s, (one_longer, two_longer), sine, bend = self.s, self.longer, self.sine, self.bend
        self.rest = two_longer * sine["between"] - bend["between"] + bend["phi"]
        self.turning_one = s * (1 - s) * self.rest - self.t * self.first
        self.turning_two = (
            one_longer * sine["between"]
            + s * (bend["epsilon"] - bend["between"])
            - self.own
            + (1 - 2 * s) * (two_longer * sine["among"] + s * s * (bend["delta"] - bend["among"]))
        )


def _bend(cosine, power):
    return cosine * cosine / (1 + (1 - power * cosine * cosine).sqrt())


def _pull_e(at: Scaled):
    """2 pi times the gradient for e is pi/2 (s A + E - 2) + s times this."""
    s, (_, _, E, _, _) = at.s, at.unknowns
    far = at.epsilon * arcsine_ratio(s * s * at.epsilon * at.epsilon)
    return s * E * at.turning_two / at.two + at.tilt_between * at.a + (1 - 2 * s) * s * E * at.tilt_among - far


def equations(at: Scaled) -> list:
    """Five numbers that all vanish, for t > 0, if and only if the gradient does.

    With R the rows of `symmetric_blocks.gradient` before their scales they are (R_a - R_e) / s, R_f / s, R_e, R_c / s, R_d / s.
    """
    A, F, E, C, D = at.unknowns
    s, t, right = at.s, at.t, arb.pi() / 2
    pull, first, own, delta = _pull_e(at), at.first, at.own, at.delta
    near = right + s * at.tilt_between  # pi - th of neuron 1 and another
    turn = (1 - s) * at.alpha * at.rest - t * first * first * first * segment_ratio(s * first * first)
    return [
        right * (A - E) + turn + (1 - s) * E * at.tilt_between - pull,
        F * (2 * right + at.turning_one / at.one)
        + right * (s * C + (1 - 2 * s) * D)
        + at.tilt_between * (at.c + s * (1 - 2 * s) * D)
        - at.phi * arcsine_ratio(s * s * at.phi * at.phi),
        right * (s * A + E - 2) + s * pull,
        at.gamma * at.turning_two
        + 2 * right * s * C
        + near * F
        + (1 - 2 * s) * D * (right + s * s * at.tilt_among)
        + own * arcsine_ratio(s * s * own * own),
        right * (F + D)
        + s * (at.tilt_between * F + right * (C - D) + s * at.turning_two * delta)
        + s * at.tilt_among * (at.c + s * (1 - 3 * s) * D)
        - s * delta * arcsine_ratio(s * s * s * s * delta * delta),
    ]


def loss_times_size(at: Scaled):
    """k times the loss where all five equations hold; nothing is said of other points.

    There the loss is half of sum f(v,v) - sum f(w,w), as it is quadratic along W -> r W. With
    2 pi f(w,w') = |w||w'| (1 + psi) + pi/2 w.w', where psi = cos asin(cos) + sin - 1, this is, over 4 pi,
        (pi/2 - 1) (k - sum |w|^2) + pi/2 (k - |sum w|^2) + k^2 - (sum |w|)^2 - sum over pairs of |w||w'| psi.
    Third and second term are of the order of s only thanks to the equations: those for e, d and c give (E - 2) / s, (F + D) / s
    and (sum |w| - k) / s^2, without a division by s.
    """
    _, F, E, C, D = at.unknowns
    s, right, own, delta = at.s, arb.pi() / 2, at.own, at.delta
    (one_surplus, two_surplus), (one_longer, two_longer), bend = at.surplus, at.longer, at.bend
    first_column = -_pull_e(at) / right - E  # (sum of column 1, less 1) / s
    tilt = at.tilt_between * F + s * at.turning_two * delta + at.tilt_among * (at.c + s * (1 - 3 * s) * D)
    f_and_d = D - C - (tilt - delta * arcsine_ratio(s * s * s * s * delta * delta)) / right  # (F + D) / s
    column = f_and_d + C - 2 * D  # (sum of another column, less 1) / s^2
    turning = (
        bend["epsilon"]
        - bend["between"] * (1 + s * one_longer)
        - two_longer * (2 * at.sine["among"] + s * s * s * bend["among"])
        + (1 - 2 * s) * s * (bend["delta"] - bend["among"])
    )
    lengths = (
        -(
            at.gamma * (two_longer + turning)
            + s * own * (own * own * arcsine_remainder(s * s * own * own) + (two_longer - C) / at.two)
            + 2 * right * (C - D)
            + at.tilt_between * F
            + right * f_and_d
            + (1 - 2 * s) * s * at.tilt_among * D
        )
        / at.gamma
    )  # (sum of all lengths, less k) / s^2
    squares = one_surplus + (1 - s) * two_surplus
    columns = first_column * (2 + s * first_column) + (1 - s) * column * (2 + s * s * column)
    between = at.between * (at.tilt_between - at.between / (1 + at.sine["between"]))
    among = at.among * (at.tilt_among - at.among / (1 + at.sine["among"]))
    pairs = (1 - s) * at.two * (2 * at.one * between + s * (1 - 2 * s) * at.two * among)
    return (squares * (1 - right) - right * columns - lengths * (2 + s * s * s * lengths) - pairs) / (8 * right)
