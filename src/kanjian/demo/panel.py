"""What values are drawn from 面板: hidden factors of each village and quarter, and one recipe per indicator.

Arrays are (units, quarters); the panel holds four quarters more than are shown, so that growth on the year before is
computed, not drawn. All recipes are rows of ``data/model.csv``:

- ``level`` value of an average village in the first shown quarter, ``spread`` how far one standard step ``z`` reaches;
- ``economy``, ``governance``, ``place``, ``mood`` loadings of ``z`` on the hidden factors, ``own`` and ``noise`` on
  what is the village's and the quarter's alone; ``trend`` per quarter, ``q1``..``q4`` by season, and a shift by track,
  all in ``z``;
- ``sample`` mean number of cases behind a rate (kind ``binomial``), 0 where there is none.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kanjian.demo import places

Array = NDArray[np.float64]
FACTORS = ("economy", "governance", "place", "mood")
HISTORY = 4  # quarters before the first one shown
KEPT, DRIFT = 0.85, 0.010  # of a factor from quarter to quarter; own slope per quarter
SHARED_SAMPLES = {"D3": "orders", "D4": "orders", "D5": "orders", "E3": "answers", "E4": "answers"}
FIXED_SAMPLES = frozenset({"E1", "E2"})
LEAST_SAMPLE = {"D3": 3, "D4": 3, "D5": 3, "E3": 5, "E4": 5, "E5": 5}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One row of ``data/model.csv``."""

    code: str
    kind: str
    level: float
    spread: float
    low: float
    high: float
    loadings: tuple[float, ...]
    own: float
    noise: float
    trend: float
    seasons: tuple[float, ...]
    tracks: dict[str, float]
    sample: float


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the recipes draw on. ``factors`` (4, units, quarters); ``season`` 0..3 and ``time`` per quarter."""

    factors: Array
    season: NDArray[np.int64]
    time: Array
    track: NDArray[np.str_]
    size: Array  # population ÷ 2,600
    samples: dict[str, NDArray[np.int64]]
    rng: np.random.Generator

    @property
    def shape(self) -> tuple[int, int]:
        """Units × quarters."""
        return self.factors.shape[1], self.factors.shape[2]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Values of one indicator, shape (units, quarters), NaN where ``absent``: not applicable; cases behind a rate."""

    value: Array
    absent: NDArray[np.bool_]
    cases: NDArray[np.int64] | None = None


def recipes() -> list[Recipe]:
    """All recipes, in the order of the file."""
    found = []
    for row in places.rows("model.csv"):
        number = {name: float(text) for name, text in row.items() if name not in {"code", "kind"}}
        found.append(
            Recipe(
                code=row["code"],
                kind=row["kind"],
                loadings=tuple(number[name] for name in FACTORS),
                seasons=tuple(number[f"q{q}"] for q in range(1, 5)),
                tracks={name: number[name] for name in ("cluster", "suburb", "ecology")},
                **{
                    name: number[name] for name in ("level", "spread", "low", "high", "own", "noise", "trend", "sample")
                },
            )
        )
    return found


def make_panel(villages: pl.DataFrame, quarters: int, first_season: int, rng: np.random.Generator) -> Panel:
    """Draw the hidden factors. ``first_season`` 0..3 of the first quarter of the history."""
    population = villages["population"].to_numpy().astype(float)
    size = population / 2600
    orders = rng.poisson(26 * size[:, None] * rng.gamma(9, 1 / 9, (len(size), 1)), (len(size), quarters))
    return Panel(
        factors=np.stack([_factor(name, villages, quarters, rng) for name in FACTORS]),
        season=(first_season + np.arange(quarters)) % 4,
        time=np.arange(quarters, dtype=float) - HISTORY,
        track=villages["track"].to_numpy().astype(str),
        size=size,
        samples={"orders": orders, "answers": rng.binomial(orders, 0.8)},
        rng=rng,
    )


def _standard(values: Array) -> Array:
    return np.asarray((values - values.mean()) / values.std())


def _by_group(codes: list[str], rng: np.random.Generator) -> Array:
    groups, index = np.unique(codes, return_inverse=True)
    return np.asarray(rng.normal(0, 1, len(groups))[index])


def _factor(name: str, villages: pl.DataFrame, quarters: int, rng: np.random.Generator) -> Array:
    """A standing of mean 0 and deviation 1 over villages, that wanders a little from quarter to quarter."""
    n = villages.height
    county, township = (_by_group(villages[level].to_list(), rng) for level in ("county", "township"))
    own = rng.normal(0, 1, n)
    standing = 0.25 * county + 0.45 * township + 0.8 * own
    if name == "economy":
        near = -_standard(np.log1p(villages["distance_km"].to_numpy()))
        people = _standard(np.log(villages["population"].to_numpy()))
        standing = standing + 0.35 * near + 0.35 * people
    if name == "place":
        wooded = villages["forest_mu"].to_numpy() / (villages["area_km2"].to_numpy() * 1500)
        standing = standing + 0.4 * _standard(wooded)
    steps = rng.normal(0, 1, (n, quarters))
    wander = np.empty((n, quarters))
    wander[:, 0] = steps[:, 0]
    for t in range(1, quarters):
        wander[:, t] = KEPT * wander[:, t - 1] + np.sqrt(1 - KEPT**2) * steps[:, t]
    slope = rng.normal(0, DRIFT, (n, 1)) * (np.arange(quarters) - quarters / 2)
    return np.asarray(0.97 * _standard(standing)[:, None] + 0.18 * wander + slope)


def steps_of(recipe: Recipe, panel: Panel) -> Array:
    """``z``: how many standard steps each village and quarter stands above the recipe's level."""
    z = np.tensordot(np.array(recipe.loadings), panel.factors, axes=1)
    z = (
        z
        + recipe.own * panel.rng.normal(0, 1, (panel.shape[0], 1))
        + recipe.noise * panel.rng.normal(0, 1, panel.shape)
    )
    shift = np.array([recipe.tracks[str(track)] for track in panel.track])
    return np.asarray(z + recipe.trend * panel.time + np.array(recipe.seasons)[panel.season] + shift[:, None])


def _present(value: Array) -> Drawn:
    return Drawn(value, np.zeros(value.shape, dtype=bool))


def _score(recipe: Recipe, z: Array, _: Panel) -> Drawn:
    return _present((recipe.level + recipe.spread * z).clip(recipe.low, recipe.high))


def _grade(recipe: Recipe, z: Array, panel: Panel) -> Drawn:
    """Graded once a year: the standing of the year's first shown quarter holds for the year."""
    first = np.array([max(i for i in range(t + 1) if panel.season[i] == 0 or i == 0) for t in range(len(panel.season))])
    return _present(np.round(recipe.level + recipe.spread * z[:, first]).clip(recipe.low, recipe.high))


def _gap(recipe: Recipe, z: Array, _: Panel) -> Drawn:
    """A share near its ceiling: the distance to it is a shifted log-normal, so that the best reach it."""
    distance = (recipe.high - recipe.level) * (1.5 * np.exp(-recipe.spread * z) - 0.5)
    return _present((recipe.high - distance).clip(recipe.low, recipe.high))


def _pool(recipe: Recipe, z: Array, _: Panel) -> Drawn:
    """Heads against a target of two: nothing, half or all of it."""
    return _present((50 * np.round((recipe.level + recipe.spread * z) / 50)).clip(recipe.low, recipe.high))


def _logit(recipe: Recipe, z: Array, _: Panel) -> Drawn:
    odds = np.log(recipe.level / (100 - recipe.level)) + recipe.spread * z
    return _present((100 / (1 + np.exp(-odds))).clip(recipe.low, recipe.high))


def _money(recipe: Recipe, z: Array, _: Panel) -> Drawn:
    return _present((recipe.level * np.exp(recipe.spread * z)).clip(recipe.low, recipe.high))


def _count(recipe: Recipe, z: Array, panel: Panel) -> Drawn:
    rate = recipe.level * np.exp(recipe.spread * z) * np.sqrt(panel.size)[:, None]
    return _present(panel.rng.poisson(rate).astype(float).clip(recipe.low, recipe.high))


def _rare(recipe: Recipe, _: Array, panel: Panel) -> Drawn:
    risk = -np.tensordot(np.array(recipe.loadings), panel.factors, axes=1)
    return _present(panel.rng.poisson(recipe.level * np.exp(risk)).astype(float).clip(recipe.low, recipe.high))


def _binomial(recipe: Recipe, z: Array, panel: Panel) -> Drawn:
    """A rate counted from single cases, so that small villages move more."""
    if recipe.code in SHARED_SAMPLES:
        cases = panel.samples[SHARED_SAMPLES[recipe.code]]
    elif recipe.code in FIXED_SAMPLES:
        cases = np.full(panel.shape, int(recipe.sample))
    else:
        cases = panel.rng.poisson(recipe.sample * panel.size[:, None], panel.shape)
    worse = recipe.code == "D5"
    share = (
        recipe.level / 100 * np.exp(recipe.spread * z)
        if worse
        else 1 - (1 - recipe.level / 100) * np.exp(-recipe.spread * z)
    )
    hits = panel.rng.binomial(cases, share.clip(0.02, 0.999))
    absent = cases < LEAST_SAMPLE.get(recipe.code, 1)
    return Drawn(np.where(absent, np.nan, 100 * hits / np.maximum(cases, 1)), absent, cases.astype(np.int64))


def _award(recipe: Recipe, _: Array, panel: Panel) -> Drawn:
    merit = np.tensordot(np.array(recipe.loadings), panel.factors, axes=1)
    won = panel.rng.random(panel.shape) < recipe.level * np.exp(0.8 * merit)
    grade = panel.rng.choice([0.5, 1.0, 1.5, 3.0], panel.shape, p=[0.5, 0.3, 0.15, 0.05])
    return _present(np.where(won, grade, 0.0))


def _pilot(recipe: Recipe, _: Array, panel: Panel) -> Drawn:
    merit = np.tensordot(np.array(recipe.loadings), panel.factors, axes=1)
    return _present(panel.rng.poisson(recipe.level * np.exp(0.8 * merit)).astype(float).clip(recipe.low, recipe.high))


def _pairing(recipe: Recipe, z: Array, panel: Panel) -> Drawn:
    """Sixty pairs, weak with strong, from the third shown quarter on; both partners get the same points."""
    standing = panel.factors[:2].mean(axis=(0, 2))
    order = np.argsort(standing)
    weak, strong = order[:120:2], order[-120::2]
    both = (z[weak] + z[strong]) / 2
    points = (recipe.level + recipe.spread * both).clip(recipe.low, recipe.high)
    value = np.full(panel.shape, np.nan)
    value[weak], value[strong] = points, points
    value[:, panel.time < 2] = np.nan
    return Drawn(value, np.isnan(value))


def _contest(recipe: Recipe, z: Array, panel: Panel) -> Drawn:
    """About one village in twelve enters the quarter's contest."""
    entered = panel.rng.random(panel.shape) < 1 / 12
    value = np.where(entered, (recipe.level + recipe.spread * z).clip(recipe.low, recipe.high), np.nan)
    return Drawn(value, ~entered)


KINDS: dict[str, Callable[[Recipe, Array, Panel], Drawn]] = {
    "score": _score,
    "normal": _score,
    "grade": _grade,
    "gap": _gap,
    "pool": _pool,
    "logit": _logit,
    "money": _money,
    "income": _money,
    "count": _count,
    "rare": _rare,
    "binomial": _binomial,
    "award": _award,
    "pilot": _pilot,
    "pairing": _pairing,
    "contest": _contest,
}


def draw(recipe: Recipe, panel: Panel) -> Drawn:
    """Values of one indicator for all units and quarters, history included."""
    return KINDS[recipe.kind](recipe, steps_of(recipe, panel), panel)


def growth(income: Drawn) -> Drawn:
    """Change against the same four quarters a year before, in per cent; the first year is history and stays empty."""
    value = np.full(income.value.shape, np.nan)
    value[:, HISTORY:] = 100 * (income.value[:, HISTORY:] / income.value[:, :-HISTORY] - 1)
    return Drawn(value, np.zeros(value.shape, dtype=bool))
