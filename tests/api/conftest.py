"""The fixtures of the rooms serve the API as well: the same selectors, the same actions, the same policies."""

from typing import TYPE_CHECKING

import pytest
from tests.boards.conftest import computed, filed, office, published, season, shown, villages, work_years
from tests.collecting.conftest import cast, close_window, department_ground, draft, ground, indicators

if TYPE_CHECKING:
    from kanjian.pairing.models import Round

__all__ = [
    "cast",
    "close_window",
    "computed",
    "department_ground",
    "draft",
    "filed",
    "ground",
    "indicators",
    "office",
    "published",
    "season",
    "shown",
    "villages",
    "work_years",
]


@pytest.fixture
def proposed(season) -> "Round":
    """A round on the last published edition, led by the city; nothing is agreed."""
    from kanjian.pairing.actions.propose_round import propose_round
    from kanjian.pairing.parameters import Parameters

    wide = Parameters(mentees=0.3, mentors=0.4, margin=2, caliper=1.0)
    return propose_round(season[-1], wide, organiser=season[-1].board.root, by=None)
