"""Boards 榜单: scheme versions, releases of values, editions of scores and ranks."""
