"""The fixtures of the rooms serve the API as well: the same selectors, the same actions, the same policies."""

from tests.boards.conftest import computed, filed, office, published, season, shown, villages, work_years
from tests.collecting.conftest import cast, close_window, department_ground, draft, ground, indicators

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
