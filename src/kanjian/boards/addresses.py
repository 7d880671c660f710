"""Addresses that a page has many of 地址: of an edition's pages, of a unit's report, of the evidence behind a cell.

``reverse`` searches all addresses of the site anew each time. Here the part that rows have in common is found once.
"""

from functools import lru_cache
from urllib.parse import quote

from django.urls import get_script_prefix, reverse

# What ``reverse`` leaves as it is within one part of an address.
_PLAIN = "!$&'()*+,;=~:@"


def edition(name: str, board: str, period: str) -> str:
    """What ``reverse`` gives for a page of an edition, such as ``boards:board``."""
    return _reversed(name, get_script_prefix(), board, period)


def report(board: str, period: str, unit: str) -> str:
    """What ``reverse("boards:report")`` gives."""
    return _before("boards:report", board, period) + quote(unit, safe=_PLAIN) + "/"


def evidence(board: str, period: str, unit: str, indicator: str) -> str:
    """What ``reverse("boards:evidence")`` gives."""
    return _before("boards:evidence", board, period, unit) + quote(indicator, safe=_PLAIN) + "/"


def _before(name: str, *parts: str) -> str:
    """An address up to its last part, by one with a stand-in: what addresses look like is up to ``boards.urls``."""
    return _reversed(name, get_script_prefix(), *parts, "x").removesuffix("x/")


@lru_cache(maxsize=512)
def _reversed(name: str, _prefix: str, *parts: str) -> str:
    return reverse(name, args=parts)
