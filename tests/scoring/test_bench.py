"""The benchmark compares like with like: contestants find the same ranks, and a bar that is missed is called missed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def _run(contestant: str, measure: str = "time", **case: Any) -> dict[str, Any]:
    job = json.dumps({"contestant": contestant, "case": {"units": 600, **case}, "measure": measure})
    command = [sys.executable, "-m", "bench.worker", job]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_contestants_find_the_same_ranks() -> None:
    fused, whole, lean = (_run(name) for name in ("peers:fused_numpy", "ours:kanjian", "ours:kanjian_lean"))
    assert fused["ranks"] == whole["ranks"] == lean["ranks"]
    assert fused["scores"] == pytest.approx(whole["scores"], rel=1e-12)
    assert whole["seconds"] > 0


def test_tracks_with_gaps_and_memory() -> None:
    found = _run("ours:kanjian", "memory", tracks=4, missing=0.03, within="track")
    assert found["input"] == 600 * 46 * 8
    assert {"track_ranks", "with_input", "call"} <= set(found)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    import bench.plan
    import bench.report
    import bench.rounds

    return bench


def _found(bench: Any, work: Any, seconds: float) -> dict[str, Any]:
    run = {"seconds": seconds, "input": 100, "with_input": 240, "call": 10, "ranks": "a", "scores": [1.0]}
    return {job.key: bench.rounds.Figures(job, [run]) for job in work.jobs}


def test_bars_and_tables(bench: Any) -> None:
    work = bench.plan.plan(690_000, 2_800, 20_000, 914)
    assert len({job.key for job in work.jobs}) == len(work.jobs), "two rows would share their figures"
    slow, fast = _found(bench, work, 2.0), _found(bench, work, 0.05)
    verdicts = {bar.text: (bar.met(bar.of(slow)), bar.met(bar.of(fast))) for bar in work.bars}
    timed = {text for text in verdicts if "Monte Carlo" in text or text.endswith(("units", "track"))}
    assert all(verdicts[text] == (False, True) for text in timed)
    assert all(verdicts[text] == (False, False) for text in verdicts if "scikit-criteria" in text)  # all are equal
    assert all(verdicts[text] == (True, True) for text in verdicts if "memory" in text or "fused" in text)
    text = bench.report.render(work, slow, 5, (0.0, 1.0))
    assert text.count("**missed**") == len(timed) + 3
    assert "| scikit-criteria | 2.00 (2.00–2.00) | 1.00 | yes |" in text
    assert "Noisy run" not in text


def test_noise_is_said(bench: Any) -> None:
    work = bench.plan.plan(690_000, 2_800, 20_000, 914)
    found = _found(bench, work, 0.5)
    found[work.jobs[0].key].runs.append({**found[work.jobs[0].key].runs[0], "seconds": 0.9})
    assert "more than 1.5 times the fastest in 1 of 35 rows" in bench.report.render(work, found, 2, (9.0, 9.0))


def test_what_did_not_run_is_said(bench: Any) -> None:
    work = bench.plan.plan(1_000, 4, 500, 100)
    found = {job.key: bench.rounds.Figures(job, [], "No module named 'pymcdm'") for job in work.jobs}
    text = bench.report.render(work, found, 1, (0.0, 0.0))
    assert "did not run: No module named 'pymcdm'" in text
    assert "not measured" in text


def test_report_goes_between_the_markers(bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{bench.report.START}\nold\n{bench.report.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(bench.report, "PAGE", page)
    bench.report.write("new")
    assert page.read_text(encoding="utf-8") == f"before\n{bench.report.START}\n\nnew\n\n{bench.report.END}\nafter\n"
