"""The fixtures of the rooms serve the API as well: the same selectors, the same actions, the same policies."""

from tests.boards.conftest import computed, published, season, villages
from tests.collecting.conftest import cast, close_window, department_ground, draft, ground, indicators

__all__ = [
    "cast",
    "close_window",
    "computed",
    "department_ground",
    "draft",
    "ground",
    "indicators",
    "published",
    "season",
    "villages",
]
