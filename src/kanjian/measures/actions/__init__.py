"""The only place where this room changes state: one verb per file."""

from kanjian.measures.actions.accept_upload import accept_upload
from kanjian.measures.actions.ask_exception import ask_exception
from kanjian.measures.actions.cancel_upload import cancel_upload
from kanjian.measures.actions.compute_indicators import compute_indicators
from kanjian.measures.actions.decide_exception import decide_exception, revoke_exception
from kanjian.measures.actions.define_indicator import define_indicator
from kanjian.measures.actions.define_rule import define_rule
from kanjian.measures.actions.import_rules import ImportedRules, import_rules
from kanjian.measures.actions.import_values import Imported, StaleError, import_values
from kanjian.measures.actions.preview_values import preview_values
from kanjian.measures.actions.record_values import record_values
from kanjian.measures.actions.register_indicators import Registered, register_indicators
from kanjian.measures.actions.retire_rule import retire_rule
from kanjian.measures.actions.review_flag import review_flag
from kanjian.measures.actions.run_quality import run_quality, start_quality
from kanjian.measures.actions.stage_upload import stage_upload

__all__ = [
    "Imported",
    "ImportedRules",
    "Registered",
    "StaleError",
    "accept_upload",
    "ask_exception",
    "cancel_upload",
    "compute_indicators",
    "decide_exception",
    "define_indicator",
    "define_rule",
    "import_rules",
    "import_values",
    "preview_values",
    "record_values",
    "register_indicators",
    "retire_rule",
    "review_flag",
    "revoke_exception",
    "run_quality",
    "stage_upload",
    "start_quality",
]
