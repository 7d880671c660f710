"""One contestant, one process, one measurement; prints a line of JSON. Started by `bench.rounds`, not by hand."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import hashlib
import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.data import Case, make

WARM_UNITS = 500  # the first call pays for imports and thread pools; a service has paid long ago


def main() -> None:
    """Read the job from the first argument, measure, print."""
    job = json.loads(sys.argv[1])
    case = Case(**job["case"])
    prepare = _find(job["contestant"])
    warm = Case(min(WARM_UNITS, case.units), min(case.tracks, 5), case.missing, case.within)
    prepare(make(warm), warm)()
    measure = _memory if job["measure"] == "memory" else _seconds
    sys.stdout.write(json.dumps(measure(prepare, case)) + "\n")


def _find(path: str) -> Any:
    module, name = path.split(":")
    return getattr(importlib.import_module(f"bench.{module}"), name)


def _seconds(prepare: Any, case: Case) -> dict[str, Any]:
    run = prepare(make(case), case)
    gc.collect()
    start = time.perf_counter()
    outcome = run()
    seconds = time.perf_counter() - start
    return {"seconds": seconds, **_digest(outcome)}


def _memory(prepare: Any, case: Case) -> dict[str, Any]:
    """Growth of resident memory: from before the table exists to the peak, and during the call alone."""
    before = _resident()
    table = make(case)
    size = table.bytes
    run = prepare(table, case)
    del table
    loaded = _resident()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of making the data
    outcome = run()
    peak = _status("VmHWM")
    return {"input": size, "with_input": peak - before, "call": peak - loaded, **_digest(outcome)}


def _resident() -> int:
    """Resident memory after giving freed memory back, so that it does not hide what the call takes."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return _status("VmRSS")


def _status(key: str) -> int:
    """Bytes from /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:"))


def _digest(outcome: Any) -> dict[str, Any]:
    """What is compared between contestants: all ranks, and a few scores."""
    digest = {
        "ranks": _sha(outcome.ranks),
        "scores": [float(s) for s in np.sort(outcome.scores)[[0, len(outcome.scores) // 2, -1]]],
    }
    if outcome.track_ranks is not None:
        digest["track_ranks"] = _sha(outcome.track_ranks)
    return digest


def _sha(ranks: Any) -> str:
    return hashlib.sha256(np.asarray(ranks, dtype=np.int64).tobytes()).hexdigest()[:16]


if __name__ == "__main__":
    main()
