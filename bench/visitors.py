"""People on the pages of a board, in a process of their own: each looks at a page, thinks, goes on."""

from __future__ import annotations

import http.client
import json
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

COUNTIES = 100


@dataclass(frozen=True)
class Visits:
    """Which board, its units and periods, how many people stay how long."""

    board: str
    units: list[str]
    periods: list[str]
    people: int
    seconds: int


Taken = dict[str, list[float]]  # kind of page → seconds of each answer; "failed" → those that were no 200


def visit(port: int, plan: Visits, *, thinking: float, seconds: int | None = None) -> Taken:
    """Run the visitors in another process, so that their own work is not the server's."""
    asked = json.dumps({**asdict(plan), "seconds": seconds or plan.seconds, "port": port, "thinking": thinking})
    done = subprocess.run(
        [sys.executable, "-m", "bench.visitors"], input=asked, capture_output=True, text=True, check=True, timeout=600
    )
    taken: Taken = json.loads(done.stdout)
    return taken


def report(title: str, taken: Taken) -> str:
    """A line per kind of page: answers, median, p95, p99 in milliseconds."""
    lines = [f"\n{title}", f"{'page':<16}{'answers':>9}{'median':>9}{'p95':>9}{'p99':>9}   ms"]
    every = [seconds for kind, times in taken.items() if kind != "failed" for seconds in times]
    for kind, times in [*((k, t) for k, t in sorted(taken.items()) if k != "failed"), ("all", every)]:
        if len(times) > 1:
            cuts = statistics.quantiles(times, n=100)
            shown = "".join(f"{1e3 * seconds:>9.0f}" for seconds in (cuts[49], cuts[94], cuts[98]))
            lines.append(f"{kind:<16}{len(times):>9}{shown}")
    lines.append(f"failed: {len(taken.get('failed', []))}")
    return "\n".join(lines)


def _paths(plan: Visits, draw: random.Random) -> tuple[str, str]:
    """One page that a person would open next: its kind and its address."""
    at = f"/boards/{plan.board}/{draw.choice(plan.periods[-3:])}/"
    pages: list[tuple[int, str, Callable[[], str]]] = [
        (20, "board", lambda: at),
        (10, "board, track", lambda: f"{at}?track=track{draw.randrange(3)}&page={draw.randrange(1, 20)}"),
        (10, "board, county", lambda: f"{at}?county=C{draw.randrange(COUNTIES):04d}"),
        (10, "board, search", lambda: f"{at}?search=%E6%A0%B7%E4%BE%8B%E6%9D%91{draw.randrange(999)}"),
        (40, "report", lambda: f"{at}units/{draw.choice(plan.units)}/"),
        (10, "evidence", lambda: f"{at}units/{draw.choice(plan.units)}/B1/"),
    ]
    weights = [weight for weight, _kind, _address in pages]
    _weight, kind, address = draw.choices(pages, weights)[0]
    return kind, address()


def _person(plan: Visits, port: int, thinking: float, *, seed: int, taken: Taken, lock: threading.Lock) -> None:
    draw, end = random.Random(seed), time.monotonic() + plan.seconds
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    time.sleep(draw.random() * max(thinking, 0.2))
    while time.monotonic() < end:
        kind, address = _paths(plan, draw)
        began = time.perf_counter()
        try:
            connection.request("GET", address, headers={"Accept-Language": "zh-CN"})
            answer = connection.getresponse()
            answer.read()
            is_good = answer.status == 200
        except (OSError, http.client.HTTPException):
            is_good = False
            connection.close()
        with lock:
            taken.setdefault(kind if is_good else "failed", []).append(time.perf_counter() - began)
        if thinking:
            time.sleep(min(draw.expovariate(1 / thinking), 4 * thinking))


def main() -> None:
    """Read the plan from standard input, write the times to standard output."""
    asked = json.load(sys.stdin)
    port, thinking = int(asked.pop("port")), float(asked.pop("thinking"))
    plan, taken, lock = Visits(**asked), {}, threading.Lock()  # type: ignore[var-annotated]
    people = [
        threading.Thread(
            target=_person, args=(plan, port, thinking), kwargs={"seed": seed, "taken": taken, "lock": lock}
        )
        for seed in range(plan.people)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    json.dump(taken, sys.stdout)


if __name__ == "__main__":
    main()
