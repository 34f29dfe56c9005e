"""Proof that exactly one critical point lies near a given point, and of what kind it is.

Data types, in words
    Enclosures  loss, gradient and Hessian of one landscape over balls: lists of arb -> arb, list of arb, arb_mat
    Box         what was proved on one box: length of the gradient, distance of the eigenvalues from zero, index

Lemma. Let F be twice continuously differentiable near the ball B of radius r around c, and let every matrix in a convex set of
symmetric matrices that contains all Hessians on B have its eigenvalues at least mu > 0 away from zero. If 2 |grad F(c)| < mu r,
then B holds exactly one critical point x*. It is at most |grad F(c)| / mu away from c, and all those matrices have the same index.
Proof. For x, y in B, grad F(x) - grad F(y) = A (x - y), where A, the mean of the Hessians between x and y, lies in the set; so
|grad F(x) - grad F(y)| >= mu |x - y|, which leaves room for one zero at most and bounds its distance from c. On the edge of B,
|grad F| >= mu r - |grad F(c)| > |grad F(c)|; so |grad F|^2 has its smallest value over B at an interior point x*, where its
gradient 2 H(x*) grad F(x*) vanishes; H(x*) has no eigenvalue zero, so grad F(x*) does. An eigenvalue cannot change its sign
without being zero on the way, and the set is connected. In particular x* is a strict local minimum if the index is 0.

The set is {C + D: |D| <= delta}, with C the Hessian computed at c and delta a bound of the Frobenius norm of H(x) - C on the box around B.
The eigenvalues of C: with V any invertible matrix (here floating-point eigenvectors, which nobody has to trust) M = V'CV has the
index of C by Sylvester's law, M is nearly diagonal, and Gershgorin's discs say where its eigenvalues are. As C^-1 = V M^-1 V',
no eigenvalue of C is nearer to zero than the smallest one of M, in size, divided by |V|^2. Weyl: C + D loses at most delta.

This module needs no torch: only ball arithmetic, and numpy for the guess V.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from time import perf_counter
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx, fmpq

from lmcourse.certificates.certificate import Certificate, Refusal, at_least, at_most, refused

BITS = 128  # the precision at the point itself: the gradient of a good point is lost in the rounding of double precision
BITS_ON_BOXES = 64  # the width of a box hides finer digits
STATED = 1 - 2.0**-20  # numbers are stated a little weaker than they were proved, so that another machine can prove them again


@dataclass(frozen=True)
class Enclosures:
    """A landscape over balls. Each function maps a list of P arb to an enclosure of its values on that box.

    loss -> arb, gradient -> list of P arb, hessian -> arb_mat (P, P), exactly symmetric. A function raises Refusal, with a
    sentence, where the box touches a kink. name: the landscape in words. recipe: plain data from which the
    functions can be made again. known_minimum: a proved lower bound of the loss that is attained, or its infimum, else None.
    """

    loss: Callable[[list[arb]], arb]
    gradient: Callable[[list[arb]], list[arb]]
    hessian: Callable[[list[arb]], arb_mat]
    name: str
    recipe: dict[str, Any]
    known_minimum: float | None = None
