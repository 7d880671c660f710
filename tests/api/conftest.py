"""The boards' fixtures serve the API as well: the same selectors, the same policies."""

from tests.boards.conftest import computed, published, season, villages

__all__ = ["computed", "published", "season", "villages"]
