"""The only place where this room changes state: one verb per file; ``objections`` and ``staging`` are folders."""

from kanjian.boards.actions.add_scheme_version import add_scheme_version
from kanjian.boards.actions.compute_edition import compute_edition
from kanjian.boards.actions.create_board import create_board
from kanjian.boards.actions.freeze_release import freeze_release
from kanjian.boards.actions.open_objection import open_objection
from kanjian.boards.actions.prepare_edition import prepare_edition
from kanjian.boards.actions.propose import (
    propose_application,
    propose_publication,
    propose_supersession,
    withdraw_proposal,
)
from kanjian.boards.actions.publish import publish
from kanjian.boards.actions.record_overlap import record_overlap
from kanjian.boards.actions.replay import prepare_replay, replay
from kanjian.boards.actions.settle_bottom_list import settle_bottom_list
from kanjian.boards.actions.sign_off import sign_off
from kanjian.boards.actions.supersede import supersede

__all__ = [
    "add_scheme_version",
    "compute_edition",
    "create_board",
    "freeze_release",
    "open_objection",
    "prepare_edition",
    "prepare_replay",
    "propose_application",
    "propose_publication",
    "propose_supersession",
    "publish",
    "record_overlap",
    "replay",
    "settle_bottom_list",
    "sign_off",
    "supersede",
    "withdraw_proposal",
]
