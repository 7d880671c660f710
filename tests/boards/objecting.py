"""What the tests of objections share: the steps up to a decision, and being refused."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kanjian.boards.actions.objections import accept_objection, decide_objection, review_objection
from kanjian.boards.changes import CellChange
from kanjian.boards.models import Objection
from kanjian.boards.states import BoardError
from kanjian.tables import Source

State = Objection.State
PERIOD = "2025-Q4"
PDF = Source("证明.pdf", b"%PDF-1.4 proof")


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The action is refused with the code."""
    with pytest.raises(BoardError) as caught:
        yield
    assert caught.value.code == code, caught.value


def income(unit: str, value: float) -> CellChange:
    return CellChange(unit, "B1", PERIOD, value)


def accepted(objection: Objection) -> Objection:
    return accept_objection(objection, by=objection.assignee)


def reviewed(objection: Objection) -> Objection:
    return review_objection(accepted(objection), "查了原始凭证", by=objection.assignee)


def decided(objection: Objection, decision: str = "uphold", reason: str = "value_wrong") -> Objection:
    found = reviewed(objection)
    return decide_objection(found, decision, by=found.assignee, reason=reason, answer="经核实，应予更正")
