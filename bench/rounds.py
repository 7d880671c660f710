"""Rounds of fresh processes, one contestant after the other, so that a busy minute hits them all alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench.data import Case

ROOT = Path(__file__).resolve().parent.parent
# A shell may pin the BLAS kernel or cache size; the benchmark lets every library choose for itself.
DROPPED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
TIMEOUT = 600


@dataclass(frozen=True)
class Job:
    """A row of a table: who, on what, measured how, and whether the figure is multiplied up from a smaller run."""

    label: str
    contestant: str
    case: Case
    measure: str = "time"
    scaled: float = 1.0

    @property
    def key(self) -> str:
        """Name of the row, unique within a run."""
        return f"{self.contestant}|{self.case}|{self.measure}"


@dataclass
class Figures:
    """All measurements of one job; `error` if it did not run."""

    job: Job
    runs: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    def values(self, name: str = "seconds") -> list[float]:
        """One figure per round, scaled."""
        return [run[name] * self.job.scaled for run in self.runs]

    def best(self, name: str = "seconds") -> float:
        """Smallest of the rounds: what the contestant does when nothing else runs."""
        return min(self.values(name)) if self.runs else float("nan")

    def median(self, name: str = "seconds") -> float:
        """Median over rounds; NaN when nothing ran."""
        return median(self.values(name)) if self.runs else float("nan")


def interleave(jobs: list[Job], rounds: int, tell: Callable[[str], None]) -> dict[str, Figures]:
    """Run every job once per round. Memory jobs run in the first round only: they do not vary with load."""
    figures = {job.key: Figures(job) for job in jobs}
    for number in range(rounds):
        for job in _of_round(jobs, number):
            tell(f"round {number + 1}/{rounds}: {job.label} ({job.case.units:,} units, {job.measure})")
            if not figures[job.key].error:
                _once(job, figures[job.key])
    return figures


def _of_round(jobs: list[Job], number: int) -> Iterator[Job]:
    """Every second round runs backwards: nobody always comes after the same neighbour."""
    chosen = [job for job in jobs if number == 0 or job.measure == "time"]
    return iter(chosen if number % 2 == 0 else chosen[::-1])


def _once(job: Job, figures: Figures) -> None:
    argument = json.dumps({"contestant": job.contestant, "case": asdict(job.case), "measure": job.measure})
    environment = {key: value for key, value in os.environ.items() if key not in DROPPED}
    command = [sys.executable, "-W", "ignore", "-m", "bench.worker", argument]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    if done.returncode:
        figures.error = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return
    figures.runs.append(json.loads(done.stdout.splitlines()[-1]))
