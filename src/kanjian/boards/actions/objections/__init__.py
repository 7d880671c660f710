"""The steps of an objection 异议: every change of its state, one function each; the table is ``objection_states``."""

from kanjian.boards.actions.objections.assign import assign_objection
from kanjian.boards.actions.objections.decide import decide_objection
from kanjian.boards.actions.objections.file import file_objection
from kanjian.boards.actions.objections.finish import appeal_objection, close_objection, withdraw_objection
from kanjian.boards.actions.objections.handle import (
    accept_objection,
    answer_objection,
    ask_objection,
    review_objection,
)

__all__ = [
    "accept_objection",
    "answer_objection",
    "appeal_objection",
    "ask_objection",
    "assign_objection",
    "close_objection",
    "decide_objection",
    "file_objection",
    "review_objection",
    "withdraw_objection",
]
