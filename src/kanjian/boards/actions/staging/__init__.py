"""The steps of a staged set 更正集: collect, compute, apply or cancel as a whole."""

from kanjian.boards.actions.staging.apply import apply_staged, cancel_staged
from kanjian.boards.actions.staging.change import add_correction, choose_method, remove_correction
from kanjian.boards.actions.staging.compute import compute_staged
from kanjian.boards.actions.staging.open import open_staged

__all__ = [
    "add_correction",
    "apply_staged",
    "cancel_staged",
    "choose_method",
    "compute_staged",
    "open_staged",
    "remove_correction",
]
