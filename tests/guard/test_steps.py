"""Steps: one error and one table's check for all rooms, and tables that fit the states they speak of."""

import pytest
from django.utils import translation

from kanjian.boards import states as boards
from kanjian.boards.models import Edition
from kanjian.collecting.states import CollectingError
from kanjian.experts import states as experts
from kanjian.experts.models import Panel
from kanjian.pairing import states as pairing
from kanjian.pairing.models import Pair, Round
from kanjian.steps import StepError, may_step, require_step, require_text

TABLES = [
    (boards.NEXT, Edition.State),
    (experts.NEXT, Panel.State),
    (pairing.ROUND_NEXT, Round.State),
    (pairing.PAIR_NEXT, Pair.State),
]


@pytest.mark.parametrize(("table", "states"), TABLES)
def test_a_table_knows_only_states_and_reaches_all_of_them_from_the_first(table, states) -> None:
    first = states.values[0]
    reached, waiting = {first}, [first]
    while waiting:
        state = waiting.pop()
        following = {target for target in states.values if may_step(table, state, target)}
        assert state not in following, f"{state} leads to itself"
        waiting += following - reached
        reached |= following
    assert reached == set(states.values)
    assert set(table) <= set(states.values)


@pytest.mark.parametrize("error", [boards.BoardError, experts.PanelError, pairing.RoundError, CollectingError])
def test_the_error_of_a_room_says_what_is_not_possible_in_the_readers_language(error) -> None:
    table = {Edition.State.DRAFT: {Edition.State.OBJECTION}}
    require_step(table, Edition.State.DRAFT, Edition.State.OBJECTION, what="A", error=error)
    with translation.override("en"), pytest.raises(error) as caught:
        require_step(table, Edition.State.DRAFT, Edition.State.PUBLISHED, what="A", error=error)
    assert isinstance(caught.value, StepError)
    assert caught.value.code == "illegal_transition"
    assert str(caught.value) == "“A” is “Draft” and cannot become “Published”"


def test_a_text_of_blanks_is_none() -> None:
    assert require_text("  why \n", StepError("text_missing", "write")) == "why"
    with pytest.raises(StepError, match="write"):
        require_text(" \n\t", StepError("text_missing", "write"))
