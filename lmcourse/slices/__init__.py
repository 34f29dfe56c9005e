"""Slices of a landscape: the loss along lines and curves and over planes, every picture a batch of points.

paths       lines, polygons and Bézier curves between networks, with the barrier along them
planes      planes through networks, and random directions to span them
copies      which of its equivalent copies a network is drawn as: matched, balanced
points      what they share: many points at once, in pieces that fit into memory
"""

from lmcourse.slices.copies import balanced, matched
from lmcourse.slices.paths import Path, curve, line
from lmcourse.slices.planes import Plane, plane, random_direction

__all__ = ["Path", "Plane", "balanced", "curve", "line", "matched", "plane", "random_direction"]
