"""What a red-line exception may speak of 例外的对象: rooms above register their kinds; this room knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass

from kanjian.orgs.policies import Person


@dataclass(frozen=True, slots=True)
class Subject:
    """A scheme version, board or collection: what it is called, where it is read, whether this person may ask."""

    label: str
    url: str = ""
    may_ask: bool = False
    is_visible: bool = False


# (identifier, person) → the subject, or None where there is no such thing.
FindSubject = Callable[[str, Person], Subject | None]
_finders: dict[str, FindSubject] = {}


def knows_subjects(kind: str, finder: FindSubject) -> None:
    """Register how subjects ``kind:…`` are found; in ``AppConfig.ready``."""
    _finders[kind] = finder


def subject_of(subject: str, person: Person) -> Subject | None:
    """The subject, None where no room knows it."""
    kind, _, identifier = subject.partition(":")
    finder = _finders.get(kind)
    return finder(identifier, person) if finder is not None and identifier else None
