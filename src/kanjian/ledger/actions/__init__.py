"""The only place where this room changes state: one verb per file."""

from kanjian.ledger.actions.append import append_event

__all__ = ["append_event"]
