"""The only place where this room changes state: one verb per file."""

from kanjian.jobs.actions.acknowledge import acknowledge
from kanjian.jobs.actions.run import run

__all__ = ["acknowledge", "run"]
