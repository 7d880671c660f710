"""Is a movement more than noise 进退是否超出波动: only when the rank intervals before and after do not touch."""

from __future__ import annotations


def beyond_noise(before: tuple[float, float], after: tuple[float, float]) -> int:
    """Return 1 for a rise and -1 for a fall that both intervals (best place, worst place) bear out, else 0.

    Intervals that share a single place already leave the movement open.
    """
    for low, high in (before, after):
        if low > high:
            msg = f"an interval runs from the best to the worst place, not {low:g}-{high:g}"
            raise ValueError(msg)
    if after[1] < before[0]:
        return 1
    return -1 if after[0] > before[1] else 0
