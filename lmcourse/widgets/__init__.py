"""Explorers: pictures with knobs, for the screen, the keyboard and the screen reader alike."""

from .base import Explorer
from .surface import SurfaceExplorer

__all__ = ["Explorer", "SurfaceExplorer"]
