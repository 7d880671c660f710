"""Cells of the edition before that read otherwise by now 数据更正: found when an edition is computed, kept with it.

A release also holds earlier periods as they stand at its freezing. Where they differ from what the edition before was
computed from, somebody corrected the data, and an explanation may say so instead of blaming the unit.
"""

import polars as pl

from kanjian.boards.inputs import Cells, read_column
from kanjian.boards.store.releases import ReleaseTables
from kanjian.calendars.periods import Period

CORRECTIONS = pl.Schema({"unit": pl.String(), "input": pl.String(), "before": pl.Float64(), "after": pl.Float64()})


def corrections(inputs: pl.DataFrame, period: str, release: ReleaseTables) -> pl.DataFrame:
    """The corrected cells, one row each (schema ``CORRECTIONS``), sorted by unit and input.

    ``inputs``: what the edition before read, ``unit`` and a column per input; ``period``: its period. Only periods that
    the release holds are compared, and only units that are in both.
    """
    units = inputs.select("unit").join(release.units.select("unit"), on="unit", how="semi").sort("unit")
    frozen = units.join(inputs, on="unit", how="left", maintain_order="left")
    cells, held = Cells(release.values, units), set(release.values["period"].unique().to_list())
    found = [pl.DataFrame(schema=CORRECTIONS)]
    for name in inputs.columns:
        if name == "unit":
            continue
        read = read_column(name, Period.parse(period))
        if read.period in held:
            now = cells.numbers(read)
            found.append(_different(name, units["unit"], frozen[name], now))
    return pl.concat(found).sort("unit", "input")


def _different(name: str, units: pl.Series, before: pl.Series, after: pl.Series) -> pl.DataFrame:
    both = pl.DataFrame([units.alias("unit"), before.alias("before"), after.alias("after")])
    changed = both.filter(pl.col("before").ne_missing(pl.col("after")))
    return changed.with_columns(pl.lit(name).alias("input")).select(CORRECTIONS.names()).cast(CORRECTIONS)
