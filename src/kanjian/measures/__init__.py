"""Measures 指标: one value per unit × indicator × period, with its source."""
