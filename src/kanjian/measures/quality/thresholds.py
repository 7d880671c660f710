"""Thresholds that matter to somebody 门槛值: rooms above say which, this room knows none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value of an indicator at which points or a grade begin; ``upward``: reaching it from below is good."""

    indicator: str
    threshold: float
    upward: bool


Provider = Callable[[str], Iterable[Threshold]]
_providers: list[Provider] = []


def provides_thresholds(provider: Provider) -> Provider:
    """Register a function of a period that gives the thresholds in force then; twice has no effect."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def thresholds_of(period: str) -> list[Threshold]:
    """All thresholds in force in the period, each once."""
    return list(dict.fromkeys(each for provider in _providers for each in provider(period)))
