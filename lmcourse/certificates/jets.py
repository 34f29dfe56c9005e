"""Numbers that carry their derivatives: a value with its gradient and its Hessian, over balls or over fractions.

A formula written with + - * and the functions below gives, fed with plain numbers, its value, and fed with jets, its value
and all first and second derivatives (truncated Taylor arithmetic, as Moore 1966 and Griewank 2000). No formula is derived
by hand, so none can be derived wrongly.

Data types, in words
    number      arb (a ball that encloses a real number) or fmpq (a fraction, exact)
    Jet         value: a number; gradient: a matrix (P, 1) of numbers; hessian: (P, P), or None where it is zero
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb_mat, fmpq, fmpq_mat


class KinkError(ArithmeticError):
    """The input of a ReLU may be zero somewhere in the box: no second derivative exists on all of it."""


class Jet:
    """A number with its gradient and its Hessian with respect to P parameters."""

    __slots__ = ("gradient", "hessian", "value")

    def __init__(self, value, gradient, hessian=None):
        self.value, self.gradient, self.hessian = value, gradient, hessian

    def __add__(self, other):
        if not isinstance(other, Jet):
            return Jet(self.value + other, self.gradient, self.hessian)
        return Jet(self.value + other.value, self.gradient + other.gradient, _sum(self.hessian, other.hessian))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if not isinstance(other, Jet):
            return Jet(self.value * other, self.gradient * other, _times(self.hessian, other))
        crossed = self.gradient * other.gradient.transpose()
        curved = _sum(_times(self.hessian, other.value), _times(other.hessian, self.value))
        return Jet(
            self.value * other.value,
            self.gradient * other.value + other.gradient * self.value,
            _sum(curved, crossed + crossed.transpose()),
        )

    __radd__, __rmul__ = __add__, __mul__

    def through(self, value, slope, curvature) -> Jet:
        """f(self), for a function whose value, first and second derivative at self.value are given."""
        bent = self.gradient * self.gradient.transpose() * curvature
        return Jet(value, self.gradient * slope, _sum(_times(self.hessian, slope), bent))


def variables(values: Sequence) -> list[Jet]:
    """The parameters themselves as jets: value i, gradient e_i.

    >>> x, y = variables([fmpq(2), fmpq(3)])
    >>> (x * x * y).gradient.entries(), (x * x * y).hessian.tolist()                # 2xy, x^2 and the second derivatives
    ([12, 4], [[6, 4], [4, 0]])
    """
    matrix = matrix_of(values)
    return [
        Jet(value, matrix(len(values), 1, [int(i == j) for j in range(len(values))])) for i, value in enumerate(values)
    ]


def matrix_of(values: Sequence) -> type:
    """The matrices that go with numbers: fmpq_mat where all are fractions, else arb_mat."""
    return fmpq_mat if all(isinstance(value, fmpq) for value in values) else arb_mat


def derivatives(formula, values: Sequence) -> tuple:
    """Value, gradient (P, 1) and Hessian (P, P) of formula(list of numbers) -> number at the values.

    >>> value, gradient, hessian = derivatives(lambda theta: theta[0] * theta[1], [fmpq(2), fmpq(5)])
    >>> int(value), gradient.entries(), hessian.tolist()
    (10, [5, 2], [[0, 1], [1, 0]])
    """
    matrix, P = matrix_of(values), len(values)
    answer = formula(variables(values))
    if not isinstance(answer, Jet):  # a constant
        return answer, matrix(P, 1, [0] * P), matrix(P, P, [0] * P * P)
    return answer.value, answer.gradient, matrix(P, P, [0] * P * P) if answer.hessian is None else answer.hessian


# ----------------------------------------------------------------------------------------------- functions


def exp(z):
    """The exponential of a ball or of a jet of balls."""
    if isinstance(z, Jet):
        e = exp(z.value)
        return z.through(e, e, e)
    return z.exp()


def log(z):
    """The logarithm of a positive ball or jet of balls."""
    if isinstance(z, Jet):
        return z.through(log(z.value), 1 / z.value, -1 / (z.value * z.value))
    return z.log()


def sigmoid(z):
    """s(z) = 1 / (1 + exp(-z)), the logistic function, of a ball or of a jet of balls.

    >>> from flint import arb
    >>> bool(sigmoid(arb(0)) == arb(0.5))
    True
    """
    if isinstance(z, Jet):
        s = sigmoid(z.value)
        slope = s * sigmoid(-z.value)  # s(-z) = 1 - s(z), without cancellation
        return z.through(s, slope, slope * (1 - 2 * s))
    return 1 / (1 + (-z).exp())


def tanh(z):
    """The hyperbolic tangent of a ball or of a jet of balls; of fractions at zero alone, where it is one.

    >>> tanh(fmpq(0))
    0
    """
    if isinstance(z, fmpq) and z == 0:
        return z
    if isinstance(z, Jet):
        t = tanh(z.value)
        return z.through(t, 1 - t * t, -2 * t * (1 - t * t))
    return z.tanh()


def softplus(z):
    """log(1 + exp(z)) of a ball or of a jet of balls; its slope is the logistic function."""
    if isinstance(z, Jet):
        s, other = sigmoid(z.value), sigmoid(-z.value)
        return z.through(softplus(z.value), s, s * other)
    return z.exp().log1p()


def relu(z):
    """max(0, z) where the sign of z is certain; a KinkError says that it is not.

    >>> relu(fmpq(3, 2)), relu(fmpq(-1))
    (3/2, 0)
    >>> from flint import arb
    >>> relu(arb(0, 0.1))
    Traceback (most recent call last):
    lmcourse.certificates.jets.KinkError: ...
    """
    value = z.value if isinstance(z, Jet) else z
    if value > 0:
        return z
    if value < 0:
        return z * 0
    raise KinkError("The input of a ReLU may be zero in the box: the point lies on a kink, or too near to one.")


def _sum(a, b):
    return b if a is None else a if b is None else a + b


def _times(matrix, number):
    return None if matrix is None else matrix * number
