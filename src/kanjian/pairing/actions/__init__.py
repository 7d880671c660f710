"""The only place where this room changes state: one verb per file."""

from kanjian.pairing.actions.agree import agree
from kanjian.pairing.actions.change_pair import change_pair
from kanjian.pairing.actions.close_pair import close_pair
from kanjian.pairing.actions.close_round import close_round
from kanjian.pairing.actions.evaluate_round import evaluate_round
from kanjian.pairing.actions.open_round import open_round
from kanjian.pairing.actions.propose_round import propose_round
from kanjian.pairing.actions.record_visit import record_visit
from kanjian.pairing.actions.rule_pair import fix_pair, forbid_pair, lift_ruling
from kanjian.pairing.actions.set_milestone import Step, set_milestone
from kanjian.pairing.actions.start_round import start_round
from kanjian.pairing.actions.write_plan import write_plan

__all__ = [
    "Step",
    "agree",
    "change_pair",
    "close_pair",
    "close_round",
    "evaluate_round",
    "fix_pair",
    "forbid_pair",
    "lift_ruling",
    "open_round",
    "propose_round",
    "record_visit",
    "set_milestone",
    "start_round",
    "write_plan",
]
