"""Kanjian 看见 — regional performance governance: facts, measures, scores, ranks, reasons, action."""

__version__ = "0.1.0"
