"""The only place where this room changes state: one verb per file."""

from kanjian.collecting.actions.accept import accept
from kanjian.collecting.actions.accept_workbook import accept_workbook
from kanjian.collecting.actions.activate_collection import activate_collection
from kanjian.collecting.actions.approve import approve
from kanjian.collecting.actions.ask_extension import ask_extension
from kanjian.collecting.actions.change_collection import change_collection
from kanjian.collecting.actions.create_collection import create_collection
from kanjian.collecting.actions.decide_extension import decide_extension
from kanjian.collecting.actions.end_collection import end_collection
from kanjian.collecting.actions.open_window import open_window
from kanjian.collecting.actions.record_entries import Recorded, StaleEntriesError, record_entries
from kanjian.collecting.actions.reopen import reopen
from kanjian.collecting.actions.return_sheet import return_sheet
from kanjian.collecting.actions.set_ceiling import set_ceiling
from kanjian.collecting.actions.set_fields import FieldSpec, set_fields
from kanjian.collecting.actions.stage_workbook import stage_workbook
from kanjian.collecting.actions.submit import submit
from kanjian.collecting.actions.withdraw import withdraw

__all__ = [
    "FieldSpec",
    "Recorded",
    "StaleEntriesError",
    "accept",
    "accept_workbook",
    "activate_collection",
    "approve",
    "ask_extension",
    "change_collection",
    "create_collection",
    "decide_extension",
    "end_collection",
    "open_window",
    "record_entries",
    "reopen",
    "return_sheet",
    "set_ceiling",
    "set_fields",
    "stage_workbook",
    "submit",
    "withdraw",
]
