"""Explorers: pictures with knobs, for the screen, the keyboard and the screen reader alike."""

from .base import Explorer
from .dead_layers import DeadLayerExplorer
from .escaping import EscapingExplorer
from .feature_rank import FeatureRankExplorer
from .how_many_minima import MinimaExplorer
from .identity_start import ChordExplorer
from .loss_staircase import StaircaseExplorer
from .methods_on_surfaces import MethodsExplorer
from .plateaus import PlateauExplorer
from .proof import ProofExplorer
from .quadratic import QuadraticExplorer
from .relu_blind_spots import ReluExplorer
from .spectrum_and_height import SpectrumExplorer
from .spurious_minima import SpuriousMinimaExplorer
from .straight_line import PathExplorer
from .surface import SurfaceExplorer
from .ten_points import TenPointsExplorer
from .wide_training import WideTrainingExplorer

__all__ = [
    "ChordExplorer",
    "DeadLayerExplorer",
    "EscapingExplorer",
    "Explorer",
    "FeatureRankExplorer",
    "MethodsExplorer",
    "MinimaExplorer",
    "PathExplorer",
    "PlateauExplorer",
    "ProofExplorer",
    "QuadraticExplorer",
    "ReluExplorer",
    "SpectrumExplorer",
    "SpuriousMinimaExplorer",
    "StaircaseExplorer",
    "SurfaceExplorer",
    "TenPointsExplorer",
    "WideTrainingExplorer",
]
