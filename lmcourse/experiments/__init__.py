"""Published tables and figures, one file each: what was published, and the same experiment on this machine."""

from lmcourse.experiments import spurious_minima

__all__ = ["spurious_minima"]
