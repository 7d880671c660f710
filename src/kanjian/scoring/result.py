"""Scoring in one call 一次计分: fit, transform and rank, with notes and flags."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kanjian.scoring.evaluate import Outcome
from kanjian.scoring.fit import fit_with_codes, require_columns
from kanjian.scoring.notes import fit_notes, mean_notes, scheme_notes
from kanjian.scoring.parameters import Parameters
from kanjian.scoring.problems import Note
from kanjian.scoring.rank import rank
from kanjian.scoring.scheme import Scheme
from kanjian.scoring.transform import run, score_frame
from kanjian.scoring.values import Values

FLAGS = {"unit": pl.String, "node": pl.String, "flag": pl.String}


@dataclass(frozen=True)
class Result:
    """Scores, ranks and what they rest on.

    `scores`: as `transform` and `rank` return it, in the order of the values. `flags`: unit, node, flag for each cell
    that was imputed, filled, winsorised, capped, vetoed … (empty without detail).
    """

    scheme: Scheme
    parameters: Parameters
    values: Values
    scores: pl.DataFrame
    notes: list[Note] = field(default_factory=list)
    flags: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FLAGS))


def score(scheme: Scheme, values: Values, *, parameters: Parameters | None = None, detail: bool = True) -> Result:
    """Score and rank the values by the scheme.

    With `parameters` nothing is fitted, so scores can be compared with those the parameters come from. `detail=False`
    keeps neither points of indicators nor flags, which is what a large frame wants.
    """
    book = None
    if parameters is None:
        parameters, book = fit_with_codes(scheme, values)
    else:
        require_columns(scheme, values)
    outcome = run(scheme, parameters, values, detail=detail, flags=detail, book=book)
    frame = score_frame(scheme, values, outcome)
    codes = None
    if scheme.tracks is not None and book is not None:
        labels = parameters.labels[scheme.tracks.by]
        codes = book.codes(scheme.tracks.by, labels), len(labels)
    ranked = rank(scheme, frame, codes=codes)
    notes = [*values.notes, *scheme_notes(scheme), *fit_notes(scheme, parameters), *mean_notes(scheme, outcome.points)]
    return Result(scheme, parameters, values, ranked, notes, _flag_frame(values, outcome))


def _flag_frame(values: Values, outcome: Outcome) -> pl.DataFrame:
    """Return the flags as a table, in the order of the rows."""
    if not outcome.flags:
        return pl.DataFrame(schema=FLAGS)
    rows = np.concatenate([rows for _, _, rows in outcome.flags])
    sizes = [len(rows) for _, _, rows in outcome.flags]
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return pl.DataFrame(
        {
            "unit": values.frame["unit"].cast(pl.String).gather(rows),
            "node": pl.Series([node for node, _, _ in outcome.flags], dtype=pl.String).gather(owner),
            "flag": pl.Series([flag for _, flag, _ in outcome.flags], dtype=pl.String).gather(owner),
        }
    )[np.argsort(rows, kind="stable")]
