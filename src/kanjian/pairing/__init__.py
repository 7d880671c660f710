"""Pairing 结对帮带."""
