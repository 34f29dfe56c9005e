"""Explorers: pictures with knobs, for the screen, the keyboard and the screen reader alike."""

from .base import Explorer
from .spurious_minima import SpuriousMinimaExplorer
from .surface import SurfaceExplorer

__all__ = ["Explorer", "SpuriousMinimaExplorer", "SurfaceExplorer"]
