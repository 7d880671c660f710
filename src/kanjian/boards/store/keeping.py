"""Answers kept with an edition 随期次保留的结果: an edition never changes, so what was worked out once stays true.

``kept``: answers that lie in the edition's own object and go when it goes, so what a process keeps is bounded by the
editions it holds open (``editions.OPEN``) times the sizes named at the functions. ``weighed``: large answers, bounded
by the units in them, since a track has some hundred in a city and ten thousand in a province.
"""

from collections.abc import Callable
from functools import lru_cache, partial, wraps
from threading import Condition
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from cachetools import LRUCache, cached
from cachetools.keys import hashkey

UNITS = 160_000  # units a function's answers hold together: about 1 kB each


class Keeps(Protocol):
    """Something that carries the answers given about it."""

    @property
    def answers(self) -> dict[Any, Callable[..., Any]]:
        """The functions asked so far, each with its last answers."""


K = TypeVar("K", bound=Keeps)
P = ParamSpec("P")
T = TypeVar("T")


def kept(size: int) -> Callable[[Callable[Concatenate[K, P], T]], Callable[Concatenate[K, P], T]]:
    """Keep the last ``size`` answers of a function with the object that it is asked about, its first argument.

    The other arguments must be hashable, the answers are shared between callers: nobody changes them.
    """

    def keeping(function: Callable[Concatenate[K, P], T]) -> Callable[Concatenate[K, P], T]:
        @wraps(function)
        def answer(about: K, /, *args: P.args, **named: P.kwargs) -> T:
            asked = about.answers.get(function)
            if asked is None:
                asked = about.answers.setdefault(function, lru_cache(maxsize=size)(partial(function, about)))
            found: T = asked(*args, **named)
            return found

        return answer

    return keeping


def weighed(units: Callable[[T], int], most: int = UNITS) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the last answers of a function as long as they have ``most`` units between them.

    ``units`` counts those of an answer. Two who ask the same at once do not both work it out. The arguments must be
    hashable, the answers are shared between callers: nobody changes them.
    """

    def keeping(function: Callable[P, T]) -> Callable[P, T]:
        answers: LRUCache[Any, T] = LRUCache(most, getsizeof=units)
        return wraps(function)(cached(answers, key=hashkey, condition=Condition())(function))

    return keeping
