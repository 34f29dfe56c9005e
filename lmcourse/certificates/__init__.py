"""Proofs about single points, in ball arithmetic and exact fractions."""

from lmcourse.certificates.certificate import Certificate
from lmcourse.certificates.certify import certify, certify_symmetric
from lmcourse.certificates.quadratic_gap import largest_gap

__all__ = ["Certificate", "certify", "certify_symmetric", "largest_gap"]
