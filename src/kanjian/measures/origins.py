"""The story behind a value 来历: a room above tells who entered it, who approved it, and what proves it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from kanjian.measures.models import Value


@dataclass(frozen=True, slots=True)
class Passage:
    """One thing that happened to the value on its way: what, where (a level or unit), who, when, with which words."""

    what: str
    where: str
    by: str
    at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Where a value was entered and how it came here. Names of persons are for readers of the unit only."""

    title: str
    url: str
    note: str = ""
    evidence_name: str = ""
    evidence_url: str = ""
    passages: tuple[Passage, ...] = ()


Tell = Callable[[Value], Story | None]
_tellers: list[Tell] = []


def tells_origin(teller: Tell) -> Tell:
    """Register a function that tells a value's story if it knows it; in ``AppConfig.ready``; twice has no effect."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def stories_of(value: Value | None) -> Iterable[Story]:
    """What the rooms above know about the value."""
    if value is None:
        return []
    return [story for story in (teller(value) for teller in _tellers) if story is not None]
