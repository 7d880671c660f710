"""Events in the reader's language 事件的文字: every room brings the words of its own verbs.

In the room's ``AppConfig.ready``::

    from kanjian.ledger import words
    words.register({"pairing.agree": _("%(weak)s 与 %(mentor)s 结对")})  # gettext_lazy; names of the event's data

or, where a sentence depends on what happened, ``words.register_room("boards", function)`` with a function of verb and
data. A verb nobody words is shown as it is, never hidden.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_phrases: dict[str, "_StrOrPromise"] = {}
_rooms: dict[str, Callable[[str, Mapping[str, Any]], str]] = {}
LONGEST_LIST = 12


def register(phrases: "Mapping[str, _StrOrPromise]") -> None:
    """Sentences by verb; ``%(name)s`` is what the event's data holds under the name. A verb is worded once."""
    if twice := _phrases.keys() & phrases.keys():
        raise ValueError(f"worded twice: {', '.join(sorted(twice))}")
    _phrases.update(phrases)


def register_room(room: str, function: Callable[[str, Mapping[str, Any]], str]) -> None:
    """A function that words the verbs of a room; it answers a verb it does not know with the verb itself."""
    if room in _rooms:
        raise ValueError(f"the room {room!r} has its words already")
    _rooms[room] = function


def sentence(verb: str, data: Mapping[str, Any]) -> str:
    """What happened, in the reader's language; the verb itself where nobody words it."""
    phrase = _phrases.get(verb)
    if phrase is not None:
        return fill(phrase, data)
    function = _rooms.get(verb.partition(".")[0])
    return verb if function is None else function(verb, data)


def fill(phrase: "_StrOrPromise", data: Mapping[str, Any]) -> str:
    """The phrase with the event's data in it; what is not there is a dash."""
    return str(phrase) % _Said({name: _said(value) for name, value in data.items()})


def is_worded(verb: str) -> bool:
    """Whether a reader sees a sentence."""
    return sentence(verb, {}) != verb


class _Said(dict[str, str]):
    """What an old event did not hold yet is a dash."""

    def __missing__(self, name: str) -> str:
        return "—"


def _said(value: Any) -> str:
    """A value of an event's data as text: lists in one line and not without end."""
    if value is None or value == "":
        return "—"
    if isinstance(value, list | tuple):
        shown = _("、").join(str(each) for each in value[:LONGEST_LIST])
        return f"{shown} …" if len(value) > LONGEST_LIST else shown or "—"
    return str(value)
