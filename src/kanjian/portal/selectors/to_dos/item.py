"""One thing to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do: what, how much, until when, where."""

    icon: str
    title: str
    note: str
    url: str
    is_urgent: bool = False
