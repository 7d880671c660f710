"""What rooms above offer to a unit on a help list 帮扶入口: each registers where help begins, such as pairing."""

from collections.abc import Callable
from typing import NamedTuple

from kanjian.boards.models import Board
from kanjian.orgs.policies import Person


class Offer(NamedTuple):
    """A link to help for one unit."""

    label: str
    url: str


Offers = Callable[[Board, str, str, Person], Offer | None]
"""Board, period, the unit's code and who reads → an offer, or None where there is none for this person."""

_OFFERS: list[Offers] = []


def offers_help(function: Offers) -> Offers:
    """Register a function that knows of help for a unit; each is asked for every unit of a help list's page."""
    if function not in _OFFERS:
        _OFFERS.append(function)
    return function


def offers_for(board: Board, period: str, unit: str, reader: Person) -> list[Offer]:
    """What the rooms above offer to the unit, as far as the reader may open it."""
    return [offer for function in _OFFERS if (offer := function(board, period, unit, reader)) is not None]
