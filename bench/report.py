"""The tables: on the terminal and, between markers, in docs/performance.md."""

from __future__ import annotations

import math
from pathlib import Path

from bench.machine import describe
from bench.plan import MEMORY, Plan, Section
from bench.rounds import Figures

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
UNSTEADY = 1.5
START, END = "<!-- bench:start -->", "<!-- bench:end -->"
Found = dict[str, Figures]


def render(plan: Plan, found: Found, rounds: int, load: tuple[float, float]) -> str:
    """The whole report as Markdown."""
    parts = [_head(rounds, load), *([_verdicts(plan, found)] if plan.bars else [])]
    parts += [_table(section, found) for section in plan.sections]
    return "\n\n".join(parts)


def write(text: str) -> None:
    """Put the report between the markers of the page; the prose around them stays."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(START)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _head(rounds: int, load: tuple[float, float]) -> str:
    lines = [f"- {name}: {text}" for name, text in describe()]
    lines.append(
        f"- {rounds} rounds of fresh processes, contestants in turn, every second round backwards; medians, (range)"
    )
    lines.append(f"- Load average {load[0]:.1f} before and {load[1]:.1f} after; the benchmark itself adds 1 to 2")
    return "\n".join(lines)


def _verdicts(plan: Plan, found: Found) -> str:
    rows = ["| bar | asked | measured (medians) | by the fastest rounds | verdict |", "|---|---|---|---|---|"]
    for bar in plan.bars:
        value, best = bar.of(found), bar.at_best(found)
        verdict = "not measured" if math.isnan(value) else "met" if bar.met(value) else "**missed**"
        sign = "≥" if bar.at_least else "≤"
        asked = f"{sign} {bar.limit:g} {bar.unit}"
        rows.append(f"| {bar.text} | {asked} | {value:.3g} {bar.unit} | {best:.3g} {bar.unit} | {verdict} |")
    return "\n".join([*rows, *_noise(plan, found)])


def _noise(plan: Plan, found: Found) -> list[str]:
    """Say when rounds differ so much that the verdicts rest on what else the machine did."""
    timed = [found[job.key] for section in plan.sections for job in section.jobs if job.measure != MEMORY]
    spread = [max(each.values()) / each.best() for each in timed if each.runs]
    unsteady = sum(ratio > UNSTEADY for ratio in spread)
    if not unsteady:
        return []
    text = f"the slowest round took more than {UNSTEADY:g} times the fastest in {unsteady} of {len(spread)} rows"
    return [
        "",
        f"**Noisy run:** {text}. Other work was running; take the verdicts with care and the fastest rounds as a hint.",
    ]


def _table(section: Section, found: Found) -> str:
    if section.jobs[0].measure == MEMORY:
        return f"### {section.title}\n\n{_memory_rows(section, found)}"
    reference = found[section.job(section.reference).key]
    rows = [f"| contestant | seconds | times “{section.reference}” | same ranks |", "|---|---|---|---|"]
    rows += [_row(found[job.key], reference) for job in section.jobs]
    return f"### {section.title}\n\n" + "\n".join(rows)


def _row(figures: Figures, reference: Figures) -> str:
    if not figures.runs:
        return f"| {figures.job.label} | did not run: {figures.error} | | |"
    values = figures.values()
    mark = " (scaled up)" if figures.job.scaled != 1 else ""
    seconds = f"{_number(figures.median())} ({_number(min(values))}–{_number(max(values))}){mark}"
    times = f"{figures.median() / reference.median():.2f}"
    return f"| {figures.job.label} | {seconds} | {times} | {_same(figures, reference)} |"


def _same(figures: Figures, reference: Figures) -> str:
    """Whether the contestant found the ranks of the reference; a dash where the task differs or is random."""
    if figures.job.case != reference.job.case or figures.job.contestant.split(":")[1].startswith("monte"):
        return "–"
    if not reference.runs or figures.job.contestant.startswith("draws"):
        return "–"
    shared = set(figures.runs[0]) & set(reference.runs[0]) & {"ranks", "track_ranks"}
    return "yes" if all(figures.runs[0][key] == reference.runs[0][key] for key in shared) else "no"


def _memory_rows(section: Section, found: Found) -> str:
    rows = ["| contestant | input, MB | peak with the input, × | the call alone, × |", "|---|---|---|---|"]
    for job in section.jobs:
        figures = found[job.key]
        if not figures.runs:
            rows.append(f"| {job.label} | did not run: {figures.error} | | |")
            continue
        size = figures.median("input")
        whole, call = figures.median("with_input") / size, figures.median("call") / size
        rows.append(f"| {job.label} | {size / 1e6:.0f} | {whole:.2f} | {call:.2f} |")
    return "\n".join(rows)


def _number(seconds: float) -> str:
    """Three significant figures."""
    return (
        f"{seconds:.4f}"
        if seconds < 0.01
        else f"{seconds:.3f}"
        if seconds < 1
        else f"{seconds:.2f}"
        if seconds < 10
        else f"{seconds:.1f}"
    )
