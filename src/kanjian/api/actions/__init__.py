"""The only place where this room changes state: one verb per file."""

from kanjian.api.actions.answer_once import answer_once

__all__ = ["answer_once"]
