"""Replays of a board, and which computations of one period can be set side by side 重放与对照."""

from dataclasses import dataclass
from itertools import combinations

from kanjian.boards.models import Board, Replay
from kanjian.boards.selectors.beside import SideHead, side_head

MOST = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """Two computations of a period under different versions."""

    period: str
    a: SideHead
    b: SideHead


def lines(board: Board) -> list[Replay]:
    """All replays, newest period first, with version and person."""
    return list(board.replays.select_related("scheme", "release", "created_by")[:MOST])


def periods(board: Board) -> list[str]:
    """Periods that have been computed, newest first."""
    return sorted(set(board.editions.values_list("period", flat=True)), reverse=True)


def pairs(board: Board) -> list[Pair]:
    """For each period every two versions that were computed for it, each by its newest computation."""
    sides = [side_head(each) for each in board.editions.select_related("scheme", "release").order_by("pk")]
    sides += [side_head(each) for each in board.replays.select_related("scheme", "release").order_by("pk")]
    newest: dict[str, dict[str, SideHead]] = {}
    for each in sides:
        known = newest.setdefault(each.period, {})
        if each.version not in known or known[each.version].state in {"superseded", "replay"} or each.state != "replay":
            known[each.version] = each
    return [
        Pair(period, a, b)
        for period in sorted(newest, reverse=True)
        for a, b in combinations(sorted(newest[period].values(), key=lambda each: each.version), 2)
    ]
