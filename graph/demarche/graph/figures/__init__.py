"""Figures for print and screen, as SVG or PNG: the only place that imports matplotlib, and only when one is drawn."""

from __future__ import annotations

from .canvas import KINDS, Figure, credit
from .lags import lags
from .matrix import matrix
from .network import network
from .timeline import timeline

__all__ = ["KINDS", "Figure", "credit", "lags", "matrix", "network", "timeline"]
