"""The only place where this room changes state: one verb per file."""

from kanjian.experts.actions.close_panel import close_panel
from kanjian.experts.actions.create_panel import create_panel
from kanjian.experts.actions.invite import invite
from kanjian.experts.actions.open_panel import open_panel
from kanjian.experts.actions.propose_version import propose_version
from kanjian.experts.actions.save_answer import save_answer

__all__ = ["close_panel", "create_panel", "invite", "open_panel", "propose_version", "save_answer"]
