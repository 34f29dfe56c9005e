"""Proofs about single points, in ball arithmetic and exact fractions."""

from lmcourse.certificates.certificate import Certificate

__all__ = ["Certificate"]
