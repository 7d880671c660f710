"""Whether parameters follow the data 参数是否随数据变动."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kanjian.scoring.column import Floats
from kanjian.scoring.fit import fit
from kanjian.scoring.parameters import Parameters, Reference
from kanjian.scoring.result import Result
from kanjian.scoring.support import SortedSupport


def follows(result: Result) -> bool:
    """Return whether a fit of the result's own values gives its parameters, for the groups that are present.

    Not so for bounds that were frozen, and for a part of an edition whose bounds were taken over units that are not in
    this part. A whole track of an edition with bounds inside the track does follow.
    """
    return contained(fit(result.scheme, result.values), result.parameters)


def contained(part: Parameters, whole: Parameters) -> bool:
    """Return whether every number of `part` stands in `whole`."""
    return not differing(part, whole)


def differing(part: Parameters, whole: Parameters) -> set[str]:
    """Return the nodes of which some number in `part` does not stand in `whole`; groups go by their labels."""
    at = {by: _places(labels, whole.labels.get(by, ())) for by, labels in part.labels.items()}
    found = set()
    for (node, stat), table in part.tables.items():
        other = whole.tables.get((node, stat))
        if not _same(table.values, _groups(None if other is None else other.values, table.by, at, len(table.values))):
            found.add(node)
    for node, reference in part.references.items():
        if not _same_reference(reference, whole.references.get(node), at):
            found.add(node)
    return found


Places = dict[str, npt.NDArray[np.intp]]


def _places(labels: tuple[str, ...], others: tuple[str, ...]) -> npt.NDArray[np.intp]:
    """Return where each label stands among the others; behind the last where it does not."""
    known = {label: place for place, label in enumerate(others)}
    return np.array([known.get(label, len(others)) for label in labels], dtype=np.intp)


def _groups(values: Floats | None, by: str | None, at: Places, count: int) -> Floats:
    """Return the numbers of the groups asked for; NaN for a group that is not there."""
    if values is None:
        return np.full(count, np.nan)
    return values if by is None else np.append(values, np.nan)[np.minimum(at[by], len(values))]


def _same_reference(part: Reference, whole: Reference | None, at: Places) -> bool:
    places = [0] if part.by is None else at[part.by].tolist()
    return (
        all(
            _same(_piece(support, group), _piece(None if whole is None else whole.sorted_values.get(name), place))
            for name, support in part.sorted_values.items()
            for group, place in enumerate(places)
        )
        and (whole is None or part.series == whole.series)
        and all(
            whole is not None and place < len(whole.matrices) and _same(matrix, whole.matrices[place])
            for matrix, place in zip(part.matrices, places, strict=False)
        )
    )


def _piece(support: SortedSupport | None, group: int) -> Floats:
    """Return the reference values of a group; none where it is not there."""
    if support is None or group >= len(support.cuts) - 1:
        return np.empty(0)
    return support.values[support.cuts[group] : support.cuts[group + 1]]


def _same(one: Floats, two: Floats) -> bool:
    return np.array_equal(one, two, equal_nan=True)
