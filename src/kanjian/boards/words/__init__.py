"""Schemes and codes in the reader's language 方法与代码的文字说明. Pure: text in gettext, nothing read from anywhere.

``rules`` words a leaf's scoring rule and writes its formula, ``nodes`` what else stands at a node (missing-data rule,
floors, vetoes, caps), ``codes`` the stable codes of reasons, flags and causes.
"""

from kanjian.boards.words.codes import assumption, cause, flag, movement_reason, reason, status
from kanjian.boards.words.events import event
from kanjian.boards.words.nodes import general, node_notes, node_words
from kanjian.boards.words.numbers import measure
from kanjian.boards.words.problems import problem
from kanjian.boards.words.rules import formula, rule_words

__all__ = [
    "assumption",
    "cause",
    "event",
    "flag",
    "formula",
    "general",
    "measure",
    "movement_reason",
    "node_notes",
    "node_words",
    "problem",
    "reason",
    "rule_words",
    "status",
]
