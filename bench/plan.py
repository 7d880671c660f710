"""What is run: the tables of the report and the bars they are held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.data import Case
from bench.draws import DRAWS, FEW
from bench.rounds import Figures, Job

KANJIAN, LEAN = "Kanjian, all points", "Kanjian, scores"
SKCRITERIA, FUSED, PANDAS, PYMCDM = "scikit-criteria", "numpy, fused by hand", "pandas", "pymcdm"
MEMORY = "memory"
OVER_ALL = ", bounds over all units"


@dataclass(frozen=True)
class Section:
    """One table: its rows and the row the ratios refer to."""

    title: str
    jobs: list[Job]
    reference: str = LEAN

    def job(self, label: str) -> Job:
        """The row of this name."""
        return next(job for job in self.jobs if job.label == label)


Pick = Callable[[Figures, str], float]
Figure = Callable[[dict[str, Figures], Pick], float]


@dataclass(frozen=True)
class Bar:
    """A figure that must not be exceeded, or a ratio that must be reached; `figure` takes it from the runs."""

    text: str
    limit: float
    unit: str
    figure: Figure
    at_least: bool = False

    def of(self, found: dict[str, Figures]) -> float:
        """The figure by medians, which is what counts."""
        return self.figure(found, Figures.median)

    def at_best(self, found: dict[str, Figures]) -> float:
        """The figure by the fastest rounds, which other work on the machine disturbs least."""
        return self.figure(found, Figures.best)

    def met(self, value: float) -> bool:
        """Whether the figure passes; NaN never does."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True)
class Plan:
    """Sections and bars of one run."""

    sections: list[Section]
    bars: list[Bar]

    @property
    def jobs(self) -> list[Job]:
        """All rows of all tables."""
        return [job for section in self.sections for job in section.jobs]


def plan(large: int, tracks: int, middle: int, small: int) -> Plan:
    """The full benchmark at given sizes (690,000 and 2,800; 20,000; 914)."""
    flat, tracked = Case(large), Case(large, tracks, within="track")
    everybody = [FUSED, LEAN, KANJIAN, PANDAS, SKCRITERIA, PYMCDM]
    one = _section(f"{large:,} units × 46, one list", flat, everybody)
    two = _tracked(large, tracks, tracked)
    draws = [_draws(middle), _draws(small)]
    sections = [two, one]
    sections += [_section(f"{units:,} units × 46, one list", Case(units), everybody) for units in (middle, small)]
    sections += draws
    sections.append(_memory(large, tracked, flat))
    return Plan(sections, _bars(two, one, draws, sections[-1]))


CONTESTANTS = {
    KANJIAN: "ours:kanjian",
    LEAN: "ours:kanjian_lean",
    FUSED: "peers:fused_numpy",
    PANDAS: "peers:pandas_plain",
    SKCRITERIA: "peers:scikit_criteria",
    PYMCDM: "peers:pymcdm",
}


def _section(title: str, case: Case, labels: list[str]) -> Section:
    return Section(title, [Job(label, CONTESTANTS[label], case) for label in labels])


def _tracked(large: int, tracks: int, within: Case) -> Section:
    """Bounds inside each track and over all units; ranks overall and per track either way; with gaps in the data."""
    over_all, gaps = Case(large, tracks), Case(large, tracks, 0.03, "track")
    jobs = [Job(label, CONTESTANTS[label], within) for label in (LEAN, KANJIAN, PANDAS)]
    for label in (LEAN, KANJIAN):
        jobs.append(Job(f"{label}{OVER_ALL}", CONTESTANTS[label], over_all))
        jobs.append(Job(f"{label}, 3 % of the cells missing", CONTESTANTS[label], gaps))
    return Section(
        f"{large:,} units × 46 in {tracks:,} tracks, bounds inside the track, ranks overall and per track", jobs
    )


def _draws(units: int) -> Section:
    few = DRAWS / FEW
    jobs = [
        Job(LEAN, "ours:monte_carlo", Case(units)),
        Job("numpy, a loop over draws", "draws:numpy_loop", Case(units)),
        Job(PANDAS, "draws:pandas_plain", Case(units), scaled=few),
        Job(SKCRITERIA, "draws:scikit_criteria", Case(units), scaled=few),
        Job(PYMCDM, "draws:pymcdm", Case(units), scaled=few),
    ]
    return Section(f"Monte Carlo: {DRAWS:,} draws of the weights, rank intervals, {units:,} units", jobs)


def _memory(large: int, tracked: Case, flat: Case) -> Section:
    jobs = [Job(label, CONTESTANTS[label], tracked, MEMORY) for label in (LEAN, KANJIAN)]
    jobs += [Job(label, CONTESTANTS[label], flat, MEMORY) for label in (FUSED, PANDAS, SKCRITERIA, PYMCDM)]
    return Section(f"Memory, {large:,} units × 46 (Kanjian in tracks, the others in one list)", jobs)


def _bars(two: Section, one: Section, draws: list[Section], memory: Section) -> list[Bar]:
    peer, fused = one.job(SKCRITERIA), one.job(FUSED)
    rows = {
        "scores, bounds over all units": two.job(f"{LEAN}{OVER_ALL}"),
        "scores, bounds inside the track": two.job(LEAN),
        "all points, bounds inside the track": two.job(KANJIAN),
    }
    bars = []
    for what, job in rows.items():
        bars.append(Bar(f"Tracks: {what}", 1.0, "s", _seconds(job)))
        bars.append(Bar(f"Tracks: {what}, against scikit-criteria in one list", 8.0, "×", _over(peer, job), True))
    for label in (LEAN, KANJIAN):
        held, flat = memory.job(label), one.job(label)
        bars.append(Bar(f"Tracks: {label}, peak memory over the input (input counted)", 2.5, "×", _held(held)))
        bars.append(Bar(f"One list: {label}, against the fused numpy pass", 2.5, "×", _over(flat, fused)))
    for section, limit in zip(draws, (1.5, 0.1), strict=True):
        bars.append(Bar(section.title, limit, "s", _seconds(section.job(LEAN))))
    return bars


def _seconds(job: Job) -> Figure:
    return lambda figures, pick: pick(figures[job.key], "seconds")


def _over(above: Job, below: Job) -> Figure:
    return lambda figures, pick: pick(figures[above.key], "seconds") / pick(figures[below.key], "seconds")


def _held(job: Job) -> Figure:
    return lambda figures, pick: pick(figures[job.key], "with_input") / pick(figures[job.key], "input")
