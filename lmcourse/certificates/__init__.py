"""Proofs about single points, in ball arithmetic and exact fractions."""

from lmcourse.certificates.certificate import Certificate
from lmcourse.certificates.certify import certify, certify_symmetric

__all__ = ["Certificate", "certify", "certify_symmetric"]
