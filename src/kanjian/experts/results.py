"""From answers to weights 汇总: each expert's consistency, the group's weights. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import stdev

from kanjian.experts.asking import BUDGET, Part, judgements, pairs_of
from kanjian.scoring.weights import ahp, judgement_matrix
from kanjian.scoring.weights.ahp import ACCEPTED_RATIO


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one answer is: what is open, and for a finished comparison its weights and consistency ratio."""

    open: int
    weights: Mapping[str, float] = field(default_factory=dict)
    ratio: float | None = None
    worst: tuple[str, str, float, float] | None = None  # left, right, judged, what the other answers imply
    given: float | None = None  # points shared out, of a budget

    @property
    def is_complete(self) -> bool:
        """Nothing is open and a budget is used up."""
        return self.open == 0 and (self.given is None or abs(self.given - BUDGET) < 1e-9)

    @property
    def is_consistent(self) -> bool:
        """The judgements agree with each other (CR < 0.10); a budget always does."""
        return self.ratio is None or self.ratio < ACCEPTED_RATIO


@dataclass(frozen=True, slots=True)
class Group:
    """The group's weights; answers that contradict themselves are left out and counted."""

    weights: Mapping[str, float]
    spread: Mapping[str, float]
    counted: int
    left_out: int
    ratio: float | None = None


def standing(method: str, parts: Sequence[Part], answers: Mapping[str, float | None]) -> Standing:
    """Where one answer stands; unfinished answers have no weights yet."""
    return _comparison(parts, answers) if method == "ahp" else _budget(parts, answers)


def _comparison(parts: Sequence[Part], answers: Mapping[str, float | None]) -> Standing:
    given = {key: float(ratio) for key, ratio in answers.items() if ratio is not None}
    open_ones = sum(1 for pair in pairs_of(list(parts)) if pair.key not in given)
    if open_ones:
        return Standing(open_ones)
    codes = [part.code for part in parts]
    found = ahp(codes, judgement_matrix(codes, judgements(given)))
    return Standing(0, found.values, found.facts["consistency_ratio"], _worst(given, found.values))


def _worst(given: Mapping[str, float], weights: Mapping[str, float]) -> tuple[str, str, float, float]:
    """The judgement that departs most, by factor, from what the weights say."""

    def departure(item: tuple[tuple[str, str], float]) -> float:
        (left, right), ratio = item
        implied = weights[left] / weights[right]
        return max(ratio / implied, implied / ratio)

    (left, right), ratio = max(judgements(given).items(), key=departure)
    return left, right, ratio, weights[left] / weights[right]


def _budget(parts: Sequence[Part], answers: Mapping[str, float | None]) -> Standing:
    points = {part.code: answers.get(part.code) for part in parts}
    given = [float(number) for number in points.values() if number is not None]
    total = sum(given)
    weights = {code: float(number) / total for code, number in points.items() if number is not None} if total else {}
    return Standing(len(points) - len(given), weights, given=total)


def group(
    method: str, parts: Sequence[Part], answers: Sequence[tuple[float, Mapping[str, float | None]]]
) -> Group | None:
    """The group's weights from (influence, answers) of everybody who handed in; None when nothing can be counted.

    Comparisons are joined by the weighted geometric mean of the judgements of the consistent experts (Aczél & Saaty),
    budgets by the mean of the shares; ``spread`` is the standard deviation of the single weights, 0 for one expert.
    """
    states = [(influence, given, standing(method, parts, given)) for influence, given in answers]
    usable = [(influence, given, state) for influence, given, state in states if state.is_complete]
    counted = [entry for entry in usable if entry[2].is_consistent]
    if not counted:
        return None
    codes = [part.code for part in parts]
    singles = {code: [state.weights[code] for _, _, state in counted] for code in codes}
    spread = {code: stdev(weights) if len(weights) > 1 else 0.0 for code, weights in singles.items()}
    left_out = len(answers) - len(counted)
    if method == "ahp":
        matrices = [
            judgement_matrix(codes, judgements({k: v for k, v in given.items() if v is not None}))
            for _, given, _ in counted
        ]
        found = ahp(codes, *matrices, expert_weights=[influence for influence, _, _ in counted])
        return Group(found.values, spread, len(counted), left_out, found.facts["consistency_ratio"])
    return Group(_mean_shares(codes, counted), spread, len(counted), left_out)


def _mean_shares(
    codes: Sequence[str], counted: Sequence[tuple[float, Mapping[str, float | None], Standing]]
) -> dict[str, float]:
    """Mean of the shares, weighted by influence; with equal influence that is ``budget_allocation``."""
    total = sum(influence for influence, _, _ in counted)
    return {code: sum(influence * state.weights[code] for influence, _, state in counted) / total for code in codes}
