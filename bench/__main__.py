"""`python -m bench`: run, print the tables with ratios and verdicts, and keep them in docs/performance.md."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.markdown import Markdown

from bench.machine import load
from bench.plan import Plan, Section, plan
from bench.report import render, write
from bench.rounds import interleave

QUICK = {"large": 20_000, "tracks": 100, "middle": 5_000, "small": 914}


def main() -> int:
    """Exit code 0 when every bar was met, 1 when one was missed (2 from argparse: wrong options)."""
    options = _options()
    sizes = (
        QUICK if options.quick else {"large": options.units, "tracks": options.tracks, "middle": 20_000, "small": 914}
    )
    work = _chosen(plan(**sizes), options.only, peers=not options.no_peers, bars=not options.quick)
    console, before = Console(), load()
    with console.status("starting") as status:
        found = interleave(work.jobs, 1 if options.quick else options.rounds, status.update)
    text = render(work, found, 1 if options.quick else options.rounds, (before, load()))
    console.print(Markdown(text))
    if options.write and not (options.quick or options.only or options.no_peers):
        write(text)
    missed = [bar.text for bar in work.bars if not bar.met(bar.of(found))]
    return 1 if missed and not options.quick else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, one round, writes nothing; the bars do not apply"
    )
    parser.add_argument("--rounds", type=int, default=5, help="fresh processes per contestant (default 5)")
    parser.add_argument("--units", type=int, default=690_000, help="units of the large case (default 690000)")
    parser.add_argument("--tracks", type=int, default=2_800, help="tracks of the large case (default 2800)")
    parser.add_argument("--only", default="", help="run only the tables whose title contains this text")
    parser.add_argument("--no-peers", action="store_true", help="leave out the slow peers (pymcdm, Monte Carlo loops)")
    parser.add_argument("--no-write", dest="write", action="store_false", help="leave docs/performance.md as it is")
    return parser.parse_args()


SLOW = ("peers:pymcdm", "draws:")


def _chosen(whole: Plan, only: str, *, peers: bool, bars: bool) -> Plan:
    """A part of the plan; bars whose rows are left out are dropped with them."""
    kept = [section for section in whole.sections if only.lower() in section.title.lower()]
    if not peers:
        kept = [Section(s.title, [job for job in s.jobs if not job.contestant.startswith(SLOW)]) for s in kept]
    complete = len(kept) == len(whole.sections)
    return Plan(kept, whole.bars if complete and bars else [])


if __name__ == "__main__":
    sys.exit(main())
